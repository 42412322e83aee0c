/** The entry `/check`. */
export { check } from '../check/check.js'
export type { CheckOptions } from '../check/check.js'
export { sentences } from '../check/sentences.js'
export type { ReasonSentences } from '../check/sentences.js'
export type { Fact, Kind, Outcome, Purpose, Reason, Verdict } from '../engine/engine.js'
