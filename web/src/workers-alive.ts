/** Which workers of this site live: each holds a lock for as long as it does. */
const PREFIX = 'mediarelay-worker:'

/** Says of this worker that it lives, and returns the name that it does so under. */
export function comeAlive(): string {
  const name = Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('')
  void locks()?.request(PREFIX + name, () => new Promise(() => {})).catch(() => {})
  return name
}

/** Undefined where the browser has no locks: it has them in secure contexts alone. */
export async function workersAlive(): Promise<ReadonlySet<string> | undefined> {
  const held = (await locks()?.query())?.held
  return held && new Set(held.map(({ name }) => (name ?? '').replace(PREFIX, '')))
}

function locks(): LockManager | undefined {
  return navigator.locks
}
