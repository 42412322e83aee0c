/** A verdict in words. */
import type { Verdict } from '../engine/engine.js'
import { preferredTag } from '../i18n/languages.js'
import { loadTexts } from '../i18n/load-texts.js'

/** One reason of a verdict, in words. */
export interface ReasonSentences {
  readonly code: string
  readonly severity: 'warn' | 'refuse'
  /** What is the matter, in one sentence. */
  readonly message: string
  /** The longer explanation; empty if there is none. */
  readonly detail: string
  /** What a person can do about it. */
  readonly fixes: readonly string[]
}

/** The reasons of a verdict in a language such as "en" or "de-AT"; by default in one that the browser prefers. */
export async function sentences(verdict: Verdict, lang?: string): Promise<readonly ReasonSentences[]> {
  const texts = await loadTexts(lang ?? preferredTag(navigator.languages))
  return verdict.reasons.map((reason) => ({
    code: reason.code,
    severity: reason.severity,
    message: texts.reason(reason),
    detail: texts.detail(reason),
    fixes: texts.fixes(reason),
  }))
}
