/**
 * Tells the uploads of one element of their state on the server: by the stream of events that the person's elements
 * share, and by asking for one upload after another where the stream is blocked, held back or
 * silent. The connections that a browser has to a server of HTTP/1.1 stay free.
 */
import type { RequestOutcome } from './server-answer.js'
import type { UploadStatus } from './server-json.js'
import { isCertain, sharedStream, type SharedStream, type StreamMember } from './shared-stream.js'
import { requestStatus } from './status-request.js'
import type { WatchAction } from './wasm.js'
import type { WorkerToken } from './worker-token.js'

/** `unsent`: there was no token for a request. */
export type WatchOutcome = RequestOutcome & { readonly token: string } | { readonly type: 'unsent' }

export interface WatchListener {
  reported(status: UploadStatus): void
  /** The state could not be read. The upload is not watched after that. */
  finished(outcome: WatchOutcome): void
}

/** How long a stream may take to its first byte before the uploads are asked for. */
const GRACE_MS = 5000
/** How long a live stream may take to tell of an upload. */
const FIRST_NEWS_MS = 3000
/** How long an upload may be silent on a live stream before it is asked for, doubled each time. */
const QUIET_MS = 60_000
const MAX_QUIET_MS = 600_000
/** The interval of requests without a stream, which grows until the state changes. */
const FIRST_POLL_MS = 1000
const MAX_POLL_MS = 10_000
/** How long the stream stays open without an upload: the next one often follows. */
const LINGER_MS = 10_000

interface Watch {
  readonly id: string
  readonly action: WatchAction
  readonly listener: WatchListener
  readonly aborter: AbortController
  timer: number
  quiet: number
  poll: number
  state: string
  /** How often the stream has told of the upload. */
  heard: number
}

export class StatusFeed {
  readonly #origin: string
  readonly #token: WorkerToken
  readonly #member: StreamMember = {
    told: (id, status) => this.#told(id, status),
    changed: () => this.#reschedule(),
  }
  /** The stream of the person whose token it is; undefined without one. */
  #stream: SharedStream | undefined
  readonly #watches = new Map<string, Watch>()
  /** The watches that are asked for next. */
  readonly #queue = new Set<Watch>()
  #asking = false
  #linger = 0

  constructor(origin: string, token: WorkerToken) {
    this.#origin = origin
    this.#token = token
  }

  /** Watches an upload until the returned function is called. The listener is not called before this returns. */
  watch(action: WatchAction, listener: WatchListener): () => void {
    const id = action.url.slice(action.url.lastIndexOf('/') + 1)
    const watch: Watch = {
      id, action, listener, aborter: new AbortController(), timer: 0, quiet: QUIET_MS, poll: FIRST_POLL_MS, state: '', heard: 0,
    }
    this.#watches.set(id, watch)
    clearTimeout(this.#linger)
    this.#open()
    const early = this.#stream?.takeEarly(id)
    if (early) {
      watch.heard++
      queueMicrotask(() => this.#tell(watch, early))
    }
    this.#schedule(watch, this.#firstDelay(watch))
    return () => this.#drop(watch)
  }

  /** The worker has another token, or none. `person` tells whose it is, for all elements of the worker alike. */
  renew(person: string): void {
    const stream = this.#token.current === undefined ? undefined : sharedStream(this.#origin, person)
    const isOther = stream !== this.#stream
    if (isOther) this.#stream?.revoke(this.#member)
    this.#stream = stream
    if (this.#watches.size > 0) this.#open()
    if (isOther) this.#reschedule()
  }

  /** Nothing is watched any more. */
  close(): void {
    for (const watch of this.#watches.values()) this.#drop(watch)
    clearTimeout(this.#linger)
    this.#stream?.revoke(this.#member)
  }

  /** The network is back. */
  nudge(): void {
    this.#stream?.nudge()
  }

  #open(): void {
    if (this.#token.current !== undefined) this.#stream?.join(this.#member, this.#token.current)
  }

  #drop(watch: Watch): void {
    clearTimeout(watch.timer)
    watch.aborter.abort()
    this.#queue.delete(watch)
    if (this.#watches.get(watch.id) !== watch) return
    this.#watches.delete(watch.id)
    if (this.#watches.size > 0) return
    clearTimeout(this.#linger)
    this.#linger = setTimeout(() => this.#stream?.leave(this.#member), LINGER_MS)
  }

  #reschedule(): void {
    for (const watch of this.#watches.values()) this.#schedule(watch, this.#firstDelay(watch))
  }

  #told(id: string, status: UploadStatus): boolean {
    const watch = this.#watches.get(id)
    if (!watch) return false
    watch.heard++
    watch.quiet = QUIET_MS
    this.#schedule(watch, isCertain(status) ? watch.quiet : 0)
    if (isCertain(status)) this.#tell(watch, status)
    return true
  }

  #firstDelay(watch: Watch): number {
    switch (this.#stream?.state) {
      case 'live': return watch.heard > 0 ? watch.quiet : FIRST_NEWS_MS
      case 'pending': return GRACE_MS
      default: return 0
    }
  }

  #nextDelay(watch: Watch): number {
    if (this.#stream?.state === 'live') {
      const delay = watch.quiet
      watch.quiet = Math.min(watch.quiet * 2, MAX_QUIET_MS)
      return delay
    }
    const delay = watch.poll
    watch.poll = Math.min(watch.poll * 1.5, MAX_POLL_MS)
    return delay
  }

  /** Asks for the upload after a time, with jitter. */
  #schedule(watch: Watch, milliseconds: number): void {
    clearTimeout(watch.timer)
    watch.timer = setTimeout(() => {
      this.#queue.add(watch)
      void this.#ask()
    }, milliseconds * (1 + Math.random() / 4))
  }

  /** Asks for one upload after another. */
  async #ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    for (const watch of this.#queue) {
      this.#queue.delete(watch)
      await this.#askFor(watch)
    }
    this.#asking = false
  }

  async #askFor(watch: Watch): Promise<void> {
    const token = this.#token.current
    if (token === undefined) return this.#finish(watch, { type: 'unsent' })
    const { heard } = watch
    const outcome = await requestStatus(watch.action, token, watch.aborter)
    if (this.#watches.get(watch.id) !== watch) return
    if (outcome.type !== 'status') return this.#failed(watch, { ...outcome, token })
    // What the stream has told meanwhile is newer.
    if (heard !== watch.heard) return
    if (outcome.status.state !== watch.state) watch.poll = FIRST_POLL_MS
    this.#schedule(watch, this.#nextDelay(watch))
    this.#tell(watch, outcome.status)
  }

  /** A connection that breaks is broken for all. */
  #failed(watch: Watch, outcome: WatchOutcome): void {
    const others = outcome.type === 'broken' ? [...this.#queue] : []
    for (const other of [watch, ...others]) this.#finish(other, outcome)
  }

  #tell(watch: Watch, status: UploadStatus): void {
    if (this.#watches.get(watch.id) !== watch) return
    watch.state = status.state
    watch.listener.reported(status)
  }

  #finish(watch: Watch, outcome: WatchOutcome): void {
    this.#drop(watch)
    watch.listener.finished(outcome)
  }
}
