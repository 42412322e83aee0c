/**
 * The event stream of one person, for all elements of the worker: each stream takes one of the few connections that a
 * browser has to a server of HTTP/1.1. A stream tells of all uploads of the person, and each element takes its own.
 */
import { isJsonObject } from '../engine/json-object.js'
import { EventConnection, type ConnectionState } from './event-connection.js'
import type { StreamEvent } from './event-stream.js'
import { parse, readUploadStatus, type UploadStatus } from './server-json.js'

/** One element's use of the stream. */
export interface StreamMember {
  /** False if the member does not watch this upload. */
  told(id: string, status: UploadStatus): boolean
  changed(): void
}

/** States of uploads that nobody watches yet. */
const MAX_EARLY = 200

export class SharedStream {
  readonly #connection: EventConnection
  /** The members and their tokens, the newest token last. */
  readonly #tokens = new Map<StreamMember, string>()
  /** The token that the stream has, and whose it is. That member may have left. */
  #used: { readonly member: StreamMember, readonly token: string } | undefined
  /** What the stream told of uploads before they were watched. */
  readonly #early = new Map<string, UploadStatus>()

  constructor(origin: string) {
    this.#connection = new EventConnection(origin, {
      token: () => this.#chooseToken(),
      event: event => this.#received(event),
      changed: state => this.#changed(state),
    })
  }

  get state(): ConnectionState {
    return this.#connection.state
  }

  /** Opens the stream for a member, or takes over the member's new token. */
  join(member: StreamMember, token: string): void {
    if (this.#tokens.get(member) === token) return
    this.#tokens.delete(member)
    this.#tokens.set(member, token)
    const renews = this.#used?.member === member && this.#used.token !== token
    if (renews || this.state === 'closed') this.#connection.reopen()
  }

  /** The member watches nothing. Others keep the stream. */
  leave(member: StreamMember): void {
    this.#tokens.delete(member)
    if (this.#tokens.size === 0) this.#connection.close()
  }

  /** The member's token may not be used any longer: others get a stream with a token of their own. */
  revoke(member: StreamMember): void {
    this.leave(member)
    if (this.#used?.member !== member) return
    this.#used = undefined
    if (this.#tokens.size > 0) this.#connection.reopen()
  }

  /** The network is back. */
  nudge(): void {
    this.#connection.nudge()
  }

  /** What the stream has told of an upload that is watched only now. */
  takeEarly(id: string): UploadStatus | undefined {
    const status = this.#early.get(id)
    this.#early.delete(id)
    return status
  }

  /** The newest one, which is valid for longest. */
  #chooseToken(): string {
    const newest = [...this.#tokens].at(-1)
    this.#used = newest && { member: newest[0], token: newest[1] }
    return this.#used?.token ?? ''
  }

  #received({ type, data }: StreamEvent): void {
    if (type !== 'upload') return
    const value = parse(data)
    const status = readUploadStatus(value)
    const id = isJsonObject(value) ? value['id'] : undefined
    if (!status || typeof id !== 'string') return
    // Two elements may have the same file.
    const watchers = [...this.#tokens.keys()].filter(member => member.told(id, status))
    this.#early.delete(id)
    if (watchers.length === 0 && isCertain(status)) this.#early.set(id, status)
    const [oldest] = this.#early.keys()
    if (oldest !== undefined && this.#early.size > MAX_EARLY) this.#early.delete(oldest)
  }

  #changed(state: ConnectionState): void {
    if (state === 'closed') this.#early.clear()
    for (const member of [...this.#tokens.keys()]) member.changed()
  }
}

/** An event may have been on its way while a request changed these two. */
export function isCertain({ state }: UploadStatus): boolean {
  return state !== 'uploading' && state !== 'failed'
}

const streams = new Map<string, SharedStream>()

/**
 * The stream of a person at a server. It outlives its connections, so that the next one resumes where the last one
 * ended. `person` tells people apart; only the worker sees it.
 */
export function sharedStream(origin: string, person: string): SharedStream {
  const key = `${origin} ${person}`
  const stream = streams.get(key) ?? new SharedStream(origin)
  streams.set(key, stream)
  return stream
}
