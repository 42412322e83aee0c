/** Which workers of this site are running: each client of a worker holds a Web Lock for as long as it lives. */
const PREFIX = 'mediarelay-worker:'

export interface LiveWorkers {
  /** The name of this client. */
  readonly self: string
  /** The names of all; undefined if the browser has no locks, which it has in secure contexts only. */
  all(): Promise<ReadonlySet<string> | undefined>
  /** Ends this client. */
  release(): void
}

/** Adds a client to the live ones. */
export function registerWorker(): LiveWorkers {
  const self = Array.from(crypto.getRandomValues(new Uint8Array(8)), byte => byte.toString(16).padStart(2, '0')).join('')
  const locks = navigator.locks as LockManager | undefined
  let release = (): void => {}
  const released = new Promise<void>(resolve => { release = resolve })
  void locks?.request(PREFIX + self, () => released).catch(() => {})
  return {
    self,
    release,
    async all() {
      const held = (await locks?.query())?.held
      return held && new Set(held.map(({ name }) => (name ?? '').replace(PREFIX, '')))
    },
  }
}
