/** Runs what the first paint need not wait for, when the browser is idle. */

/** Milliseconds: after the first paint of any page, and soon enough for uploads that wait to be resumed. */
const timeoutMs = 2_000

/** WebKit has no idle callback. */
export function whenIdle(act: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(act, { timeout: timeoutMs })
  else setTimeout(act, timeoutMs)
}
