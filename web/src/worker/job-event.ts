/** The events of an upload job: the engine's events of one upload, without its id. Tabs send them to each other. */
import type { EngineEvent } from '../engine/engine.js'

export type JobEvent = WithoutId<Extract<EngineEvent, { id: string }>>
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

/** Whether nothing can follow the event. */
export function isFinal(event: JobEvent): boolean {
  return event.type === 'done' || event.type === 'refused' || event.type === 'cancelled' || event.type === 'failed' && !event.failure.retryable
}

/** Whether the upload makes no progress after the event. */
export function isHold({ type }: JobEvent): boolean {
  return type === 'waiting' || type === 'paused' || type === 'failed'
}
