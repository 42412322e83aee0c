/**
 * The lock of one upload among several tabs. The tab that holds it sends the upload, and publishes
 * its events to the others, which follow them and pass on the commands of their users.
 * The lock is released when its tab releases it, crashes or is closed.
 */
import type { UploadCommand } from '../engine/worker-protocol.js'
import type { JobEvent } from './job-event.js'

/** Older versions of this code in other tabs send and receive the same messages. */
type Message =
  /** A tab has started to follow, and asks for the upload's state. */
  | { readonly type: 'hello' }
  | { readonly type: 'command'; readonly command: UploadCommand }
  | { readonly type: 'event'; readonly event: JobEvent }
  | { readonly type: 'located'; readonly url: string }

export interface LockListener {
  /** This tab holds the lock: it may talk to the server. */
  acquired(): void
  /** Another tab holds the lock. */
  followed(): void
  /** No tab holds the lock. `isComplete`: the last one reported that the server has all bytes. Called in the mode `observe` only. */
  released(isComplete: boolean): void
  /** An event of the tab that holds the lock. */
  received(event: JobEvent): void
  /** The upload's URL, from the tab that holds the lock. */
  located(url: string): void
  /** A command from a tab that follows. */
  requested(command: UploadCommand): void
}

type LockState =
  /** Mode `send`: another tab holds the lock, or the browser has not answered yet. */
  | { readonly type: 'waiting' }
  | { readonly type: 'held'; readonly unlock: () => void }
  /** Mode `observe`: neither a message nor the browser has shown whether a tab holds the lock. */
  | { readonly type: 'observing' }
  /** Mode `observe`: another tab holds the lock. */
  | { readonly type: 'following' }
  /** Mode `observe`: no tab holds the lock. */
  | { readonly type: 'idle' }
  | { readonly type: 'released' }

/** How long the lock outlives the upload's end, so that other tabs receive the final event before the lock. */
const FINISH_MILLISECONDS = 1000

export class UploadLock {
  readonly #name: string
  readonly #listener: LockListener
  readonly #channel: BroadcastChannel | undefined
  readonly #abort = new AbortController()
  #state: LockState
  #url = ''
  /** The server has all bytes, according to the tab that holds the lock. */
  #isComplete = false
  /** The state for tabs that start to follow: the last `progress`, and the last event of another type. */
  #progress: JobEvent | undefined
  #stage: JobEvent | undefined

  /** `name` is the same in every tab. Mode `observe` is for a tab that has no bytes to send. */
  constructor(name: string, listener: LockListener, mode: 'send' | 'observe') {
    this.#name = name
    this.#listener = listener
    this.#state = { type: mode === 'send' ? 'waiting' : 'observing' }
    this.#channel = 'BroadcastChannel' in self ? new BroadcastChannel(name) : undefined
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#receive(data)
    if (mode === 'observe') {
      this.#post({ type: 'hello' })
      this.#awaitRelease()
    }
    // Without locks, as in insecure contexts, every tab sends for itself and the server keeps order.
    else if (navigator.locks as LockManager | undefined) this.#acquire().catch(() => this.#hold())
    else queueMicrotask(() => this.#hold())
  }

  get isHeld(): boolean {
    return this.#state.type === 'held'
  }

  /** Another tab carries out commands. */
  get isFollowing(): boolean {
    return this.#state.type === 'waiting' || this.#state.type === 'following'
  }

  /** Sends an event to the tabs that follow. */
  publish(event: JobEvent): void {
    if (!this.isHeld) return
    if (event.type === 'progress') this.#progress = event
    else if (event.type !== 'damaged') this.#stage = event
    this.#post({ type: 'event', event })
  }

  publishUrl(url: string): void {
    this.#url = url
    if (this.isHeld) this.#post({ type: 'located', url })
  }

  /** Sends a command to the tab that holds the lock. */
  request(command: UploadCommand): void {
    this.#post({ type: 'command', command })
  }

  /**
   * Releases the lock after the upload's end. Tabs that start to follow before that learn of a
   * result only: an upload that was cancelled or has failed may be started again there.
   */
  finish(): void {
    if (this.#stage?.type === 'cancelled' || this.#stage?.type === 'failed') {
      this.#stage = this.#progress = undefined
      this.#url = ''
    }
    setTimeout(() => this.release(), FINISH_MILLISECONDS)
  }

  /** Releases the lock, or stops waiting for it. Another tab may continue the upload. */
  release(): void {
    const state = this.#state
    this.#state = { type: 'released' }
    this.#abort.abort()
    if (state.type === 'held') state.unlock()
    this.#channel?.close()
  }

  async #acquire(): Promise<void> {
    const { locks } = navigator
    const hold = (): Promise<void> => new Promise(unlock => this.#hold(unlock))
    const wasFree = await locks.request(this.#name, { ifAvailable: true }, lock => lock && hold().then(() => true))
    if (wasFree || this.#state.type === 'released') return
    this.#listener.followed()
    this.#post({ type: 'hello' })
    await locks.request(this.#name, { signal: this.#abort.signal }, hold).catch(() => {})
  }

  #hold(unlock = (): void => {}): void {
    if (this.#state.type !== 'waiting') return unlock()
    this.#state = { type: 'held', unlock }
    this.#listener.acquired()
  }

  /** Requests a shared lock, so that observers do not wait for each other. Tabs that wait to send come first. */
  #awaitRelease(): void {
    const locks = navigator.locks as LockManager | undefined
    locks?.request(this.#name, { mode: 'shared', signal: this.#abort.signal }, () => {
      if (this.#state.type === 'released') return
      this.#state = { type: 'idle' }
      this.#listener.released(this.#isComplete)
    }).catch(() => {})
  }

  /** A message shows that another tab holds the lock. Before that only `idle` has no request for the lock. */
  #follow(): void {
    const { type } = this.#state
    if (type !== 'observing' && type !== 'idle') return
    this.#state = { type: 'following' }
    this.#listener.followed()
    if (type === 'idle') this.#awaitRelease()
  }

  #post(message: Message): void {
    if (this.#state.type !== 'released') this.#channel?.postMessage(message)
  }

  #receive(message: Message): void {
    if (this.isHeld) {
      if (message.type === 'command') this.#listener.requested(message.command)
      if (message.type === 'hello') this.#publishState()
      return
    }
    if (message.type !== 'located' && message.type !== 'event') return
    this.#follow()
    if (message.type === 'located') return this.#listener.located(message.url)
    const { event } = message
    this.#isComplete = event.type !== 'started' && (this.#isComplete || event.type === 'checking' || event.type === 'relaying')
    this.#listener.received(event)
  }

  #publishState(): void {
    if (this.#url !== '') this.#post({ type: 'located', url: this.#url })
    for (const event of [this.#stage, this.#progress]) if (event) this.#post({ type: 'event', event })
  }
}
