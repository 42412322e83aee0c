/**
 * Limits how many event streams of one server a browser has open. It has six connections to a
 * server of HTTP/1.1, for all tabs. Elements without a stream ask for the state of their uploads.
 */

const SLOTS = 3

export interface Slot {
  /** False if others have all slots. */
  readonly taken: Promise<boolean>
  release(): void
}

/** Takes a slot until it is released. Where locks are not available, every element has a stream. */
export function holdSlot(origin: string): Slot {
  let release = (): void => {}
  const released = new Promise<void>(resolve => { release = resolve })
  return { taken: takeSlot(origin, released).catch(() => true), release }
}

async function takeSlot(origin: string, released: Promise<void>): Promise<boolean> {
  for (let slot = 1; slot <= SLOTS; slot++) {
    if (await tryLock(`mediarelay-events:${origin}:${slot}`, released)) return true
  }
  return false
}

function tryLock(name: string, released: Promise<void>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    navigator.locks.request(name, { ifAvailable: true }, lock => {
      resolve(lock !== null)
      return lock === null ? undefined : released
    }).catch(reject)
  })
}
