/** Milliseconds: after the first paint on any page that works, and soon enough for uploads that wait to go on. */
const latest = 2_000

/** Runs what the first paint need not wait for. WebKit has no idle callback. */
export function whenIdle(act: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(act, { timeout: latest })
  else setTimeout(act, latest)
}
