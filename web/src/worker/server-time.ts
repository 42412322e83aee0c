/**
 * The server's clock. A computer's own may be hours off, which would make a valid media ID look expired, so times of
 * the server are compared with the `Date` of its responses.
 */

/** Milliseconds: smaller differences are within the precision of `Date` (whole seconds) and of a slow response. */
const tolerance = 60_000

let difference = 0

/** Takes over the `Date` header of a response; null if it has none or the browser hides it. */
export function noteServerTime(date: string | null): void {
  const at = date === null ? NaN : Date.parse(date)
  if (Number.isNaN(at)) return
  const found = at - Date.now()
  difference = Math.abs(found) < tolerance ? 0 : found
}

/** Milliseconds by which the server's clock is ahead of this device's. */
export function serverTimeDifference(): number {
  return difference
}

/** In milliseconds since the epoch. */
export function serverNow(): number {
  return Date.now() + difference
}
