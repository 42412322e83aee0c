/** Why an upload waits, in words, without the time that changes every second. */
import type { WaitReason } from '../engine/engine.js'
import type { LabelName } from './labels.js'
import type { Texts } from './messages.js'

const waits: { readonly [R in WaitReason]: LabelName } = {
  offline: 'waitingOffline',
  unreachable: 'waitingUnreachable',
  server: 'waitingServer',
  stalled: 'waitingStalled',
  locked: 'waitingLocked',
  token: 'waitingToken',
  rate: 'waitingRate',
}

export function waitText(reason: WaitReason, texts: Texts): string {
  return texts.label(waits[reason])
}
