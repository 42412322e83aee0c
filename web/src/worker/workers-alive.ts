/** Which workers of this site live: each holds a lock for as long as it does. */
const PREFIX = 'mediarelay-worker:'

export interface WorkersAlive {
  /** The name of this worker. */
  readonly self: string
  /** Undefined where the browser has no locks: it has them in secure contexts alone. */
  all(): Promise<ReadonlySet<string> | undefined>
}

/** Says of this worker that it lives. */
export function comeAlive(): WorkersAlive {
  const self = Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('')
  const locks = navigator.locks as LockManager | undefined
  void locks?.request(PREFIX + self, () => new Promise(() => {})).catch(() => {})
  return {
    self,
    async all() {
      const held = (await locks?.query())?.held
      return held && new Set(held.map(({ name }) => (name ?? '').replace(PREFIX, '')))
    },
  }
}
