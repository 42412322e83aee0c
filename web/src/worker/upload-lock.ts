/**
 * One upload, several tabs: whoever holds the upload's lock talks to the server,
 * the others follow what is told of it, and ask for what their people want. The
 * lock comes free when its holder leaves, crashes or is closed.
 */
import type { UploadNews } from './upload-runner.js'
import type { UploadCommand } from '../engine/worker-protocol.js'

export type TurnCommand = Exclude<UploadCommand, 'forget'>

type Message =
  /** A follower has come, and would like to know how it stands. */
  | { readonly type: 'hello' }
  | { readonly type: 'command'; readonly command: TurnCommand }
  | { readonly type: 'event'; readonly event: UploadNews }
  | { readonly type: 'located'; readonly url: string }

export interface TurnListener {
  /** It is this one's turn to talk to the server. */
  granted(): void
  /** Another one talks to the server. */
  followed(): void
  /** Nobody talks to the server: told of a turn that watches alone. */
  released(): void
  heard(event: UploadNews): void
  located(url: string): void
  asked(command: TurnCommand): void
}

/** Milliseconds that the lock outlives the upload's end, so that the word of the end comes first. */
const FAREWELL_MILLISECONDS = 1000

export class UploadTurn {
  readonly #name: string
  readonly #listener: TurnListener
  /** Has no bytes to send: never takes the lock for itself. */
  readonly #watches: boolean
  readonly #channel: BroadcastChannel | undefined
  readonly #waiting = new AbortController()
  #release: () => void = () => {}
  #holds = false
  /** A turn that watches has somebody to watch. */
  #sees = false
  #waitsForRelease = false
  #url = ''
  /** What a newcomer has to know: the last event of each kind that matters. */
  #progress: UploadNews | undefined
  #stage: UploadNews | undefined

  /** `name` is the upload's, the same in every tab. */
  constructor(name: string, listener: TurnListener, how: 'send' | 'watch' = 'send') {
    this.#name = name
    this.#listener = listener
    this.#watches = how === 'watch'
    this.#channel = 'BroadcastChannel' in self ? new BroadcastChannel(name) : undefined
    if (this.#channel) this.#channel.onmessage = ({ data }: MessageEvent<Message>) => this.#hear(data)
    if (this.#watches) this.#watch()
    // Insecure contexts have no locks, and some pages may not use them: there, every tab for itself, and the server keeps order.
    else if (navigator.locks as LockManager | undefined) this.#request(name).catch(() => this.#grant())
    else queueMicrotask(() => this.#grant())
  }

  get holds(): boolean {
    return this.#holds
  }

  /** Another one takes what is asked for. */
  get follows(): boolean {
    return this.#watches ? this.#sees : !this.#holds
  }

  /** Tells the followers. */
  tell(event: UploadNews): void {
    if (!this.#holds) return
    if (event.type === 'progress') this.#progress = event
    else if (event.type !== 'damaged') this.#stage = event
    this.#post({ type: 'event', event })
  }

  locate(url: string): void {
    this.#url = url
    if (this.#holds) this.#post({ type: 'located', url })
  }

  /** Asks the holder. */
  ask(command: TurnCommand): void {
    this.#post({ type: 'command', command })
  }

  /** The upload has ended, for all tabs. Who comes from now on is told of a result alone: what was cancelled or has failed, somebody may want anew. */
  end(): void {
    if (this.#stage?.type === 'cancelled' || this.#stage?.type === 'failed') this.#forget()
    setTimeout(() => this.leave(), FAREWELL_MILLISECONDS)
  }

  /** The upload goes on, in another tab where there is one. */
  leave(): void {
    this.#holds = false
    this.#waiting.abort()
    this.#release()
    this.#channel?.close()
  }

  async #request(name: string): Promise<void> {
    const hold = (lock: Lock | null): Promise<void> | undefined => lock ? this.#hold() : undefined
    const first = await navigator.locks.request(name, { ifAvailable: true }, lock => {
      const held = hold(lock)
      return held ? held.then(() => 'held') : 'taken'
    })
    if (first === 'held' || this.#waiting.signal.aborted) return
    this.#listener.followed()
    this.#post({ type: 'hello' })
    await navigator.locks.request(name, { signal: this.#waiting.signal }, hold).catch(() => {})
  }

  #watch(): void {
    this.#post({ type: 'hello' })
    this.#awaitRelease()
  }

  /** Shared, so that those who watch do not wait for each other. Whoever waits to send comes after them, and is heard of. */
  #awaitRelease(): void {
    const locks = navigator.locks as LockManager | undefined
    if (this.#waitsForRelease || !locks) return
    this.#waitsForRelease = true
    locks.request(this.#name, { mode: 'shared', signal: this.#waiting.signal }, () => {
      this.#sees = this.#waitsForRelease = false
      this.#listener.released()
    }).catch(() => {})
  }

  #see(): void {
    if (this.#sees) return
    this.#sees = true
    this.#listener.followed()
    this.#awaitRelease()
  }

  #hold(): Promise<void> {
    return new Promise(release => {
      this.#release = release
      if (this.#waiting.signal.aborted) release()
      this.#grant()
    })
  }

  #grant(): void {
    if (this.#holds || this.#waiting.signal.aborted) return
    this.#holds = true
    this.#listener.granted()
  }

  #post(message: Message): void {
    if (!this.#waiting.signal.aborted) this.#channel?.postMessage(message)
  }

  #hear(message: Message): void {
    if (this.#holds) {
      if (message.type === 'command') this.#listener.asked(message.command)
      if (message.type === 'hello') this.#greet()
      return
    }
    if (message.type !== 'located' && message.type !== 'event') return
    if (this.#watches) this.#see()
    if (message.type === 'located') this.#listener.located(message.url)
    else this.#listener.heard(message.event)
  }

  #forget(): void {
    this.#stage = this.#progress = undefined
    this.#url = ''
  }

  #greet(): void {
    if (this.#url !== '') this.#post({ type: 'located', url: this.#url })
    for (const event of [this.#stage, this.#progress]) if (event) this.#post({ type: 'event', event })
  }
}
