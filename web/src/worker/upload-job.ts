/**
 * One upload in this worker, from the file to its end: stored, identified by its owner and bytes,
 * then sent while this tab holds the upload's lock, or followed while another tab does.
 * It leaves the requests to UploadRunner and the other tabs to UploadLock.
 */
import { failureOf } from '../engine/failure.js'
import { FIRST, firstAfter, type FirstCommand, type UploadCommand } from '../engine/worker-protocol.js'
import type { StoredUpload } from '../storage/upload-store.js'
import { isFinal, isHold, type JobEvent } from './job-event.js'
import { JobRecord, type JobFile } from './job-record.js'
import type { JobState } from './job-state.js'
import type { JobContext } from './upload-context.js'
import { UploadIdentity } from './upload-identity.js'
import { UploadLock } from './upload-lock.js'
import { UploadRunner } from './upload-runner.js'

export class UploadJob {
  readonly id: string
  readonly #context: JobContext
  readonly #identity: UploadIdentity
  readonly #record: JobRecord
  #state: JobState = { type: 'stored' }
  #first: FirstCommand = 'start'
  #url = ''
  /** The last event was a hold. */
  #held = false
  /** The page was told that another tab sends the upload. */
  #following = false
  #lock: UploadLock | undefined
  readonly #tell = (event: JobEvent): void => this.#context.emit({ ...event, id: this.id })
  readonly #fail = (code: string, retryable: boolean): void => this.#report({ type: 'failed', failure: failureOf(code, retryable) })

  constructor(context: JobContext, file: JobFile) {
    this.id = file.id
    this.#context = context
    this.#identity = new UploadIdentity(context, file)
    this.#record = new JobRecord(context, file)
  }

  get key(): string {
    return this.#identity.key
  }

  get ended(): boolean {
    return this.#state.type === 'ended'
  }

  keep(): void {
    void this.#record.keep().then(stored => this.restore(stored))
  }

  /** Takes over what is stored of the upload. */
  restore(stored: StoredUpload | undefined): void {
    if (!stored) return
    if (stored.copy) this.#identity.source.prefer(stored.copy)
    if (this.#state.type === 'running') return
    this.#identity.restore(stored.record)
    this.#url ||= stored.record.url
    if (this.#state.type !== 'stored') return
    this.#record.restore(stored.record.paused)
    // Without a file here, another tab may still send the upload.
    if (this.key !== '' && !this.#identity.source.current) this.#lock ??= this.#newLock('observe')
  }

  start(url: string, first: FirstCommand): void {
    if (this.#state.type !== 'stored') return
    this.#state = { type: 'waiting' }
    this.#releaseLock()
    this.#first = first
    this.#url ||= url
    this.#record.setPaused(first === 'pause')
    void this.#prepare()
  }

  command(command: UploadCommand): void {
    if (this.ended) return
    // If the page is closed before the server knows of the cancel, no later visit may restore the upload.
    if (command === 'cancel') this.#record.end(this.key)
    this.#first = FIRST[command]
    this.#record.setPaused(command === 'pause')
    if (this.#state.type === 'running') return this.#state.runner.command(command)
    if (this.#lock?.isFollowing) return this.#lock.request(command)
    if (command === 'cancel' && this.#url === '') return this.#report({ type: 'cancelled' })
    if (command === 'cancel' && this.#state.type === 'stored') return this.start('', 'cancel')
    if (command !== 'retry' || this.#state.type !== 'failed') return
    this.#state = { type: 'waiting' }
    if (this.#lock?.isHeld) this.#run()
    else void this.#prepare()
  }

  nudge(): void {
    if (this.#state.type === 'running') this.#state.runner.command('nudge')
  }

  /** Stops the upload if somebody other than its owner has signed in. */
  signedIn(owner: string): void {
    this.#identity.owner ||= owner
    if (this.#identity.owner === owner || this.#state.type === 'stored' || this.ended) return
    this.#yield()
    this.#fail('other_owner', true)
  }

  /** Stops sending or following. */
  #yield(): void {
    this.#stopRunner({ type: 'waiting' })
    this.#releaseLock()
  }

  /** A command of a tab that follows. If this tab has no token, a retry passes the lock to that tab, which may have one. */
  #requested(command: UploadCommand): void {
    if (command !== 'retry' || this.#state.type !== 'running' || this.#context.token.current !== undefined) return this.command(command)
    this.#yield()
    this.#first = 'start'
    this.#takeLock()
  }

  /** Uses `file` for an upload without a copy. False if its content differs. */
  async supply(file: Blob): Promise<boolean> {
    if (!await this.#identity.source.matches(file, this.#context.module)) return false
    this.#identity.source.prefer(file)
    void this.#record.replace(file).then(stored => this.restore(stored))
    return true
  }

  /** Stops the upload here and removes its record, but leaves it on the server. */
  free(): void {
    if (this.ended) return
    this.#record.end('')
    this.abandon()
  }

  /** Stops the upload here, for another worker to continue it. */
  abandon(): void {
    this.#stopRunner({ type: 'ended' })
    this.#lock?.release()
  }

  /** Finds out the upload's identity, then takes its lock. A command may end the job meanwhile. */
  async #prepare(): Promise<void> {
    if (this.#url === '') this.#tell({ type: 'started' })
    this.#held = this.#url !== ''
    try {
      this.restore(await this.#context.copies.find(this.id))
      if (this.#context.token.current === undefined) {
        this.#held = true
        this.#report({ type: 'waiting', reason: 'token', retryInMs: 0, untried: !this.#context.token.hadToken })
      }
      const isAllowed = await this.#identity.resolve(() => this.#first !== 'cancel', () => this.#state.type === 'waiting')
      const fault = isAllowed ? await this.#context.server.faultAhead() : 'other_owner'
      if (this.#state.type !== 'waiting') return
      if (fault === undefined) this.#takeLock()
      else this.#fail(fault, true)
    } catch (error) {
      if (this.#context.module.isCrash(error)) return this.#context.crashed(error)
      if (this.#state.type !== 'waiting') return
      const isFileGone = error instanceof DOMException // Everything else is no fault of the file.
      this.#fail(isFileGone ? 'file_changed' : 'internal_error', !isFileGone)
    }
  }

  #takeLock(): void {
    this.#lock ??= this.#newLock('send')
    this.#lock.publishUrl(this.#url)
  }

  #newLock(mode: 'send' | 'observe'): UploadLock {
    return new UploadLock(`mediarelay:${this.#context.origin}:${this.key}`, {
      acquired: () => this.#acquired(),
      followed: () => this.#followed(),
      released: isComplete => this.#released(isComplete),
      received: event => this.#received(event),
      located: url => this.#located(url),
      requested: command => this.#requested(command),
    }, mode)
  }

  #releaseLock(): void {
    this.#lock?.release()
    this.#lock = undefined
  }

  #acquired(): void {
    if (this.ended) return
    if (this.#following) this.#tell({ type: 'followed', over: true })
    this.#following = false
    // An upload that has failed in the other tab needs a retry here too.
    if (this.#state.type === 'waiting') this.#run()
  }

  #followed(): void {
    this.#following = true
    this.#tell({ type: 'followed' })
    if (this.#first === 'cancel' || this.#first === 'retry') this.#lock?.request(this.#first)
  }

  /** The tab that sent the upload is gone. If the server has all bytes, this tab continues without a file. */
  #released(isComplete: boolean): void {
    if (this.ended) return
    if (isComplete || this.#first === 'cancel') return this.start('', this.#first)
    this.#following = false
    this.#tell({ type: 'missing' })
  }

  #received(event: JobEvent): void {
    if (this.ended) return
    if (this.#state.type === 'failed' && event.type !== 'failed') this.#state = { type: 'waiting' }
    this.#held = isHold(event) || this.#held && event.type !== 'progress'
    this.#report(event)
  }

  #run(): void {
    const runner = new UploadRunner(this.#context, { ...this.#identity, url: this.#url, held: this.#held }, {
      emit: event => this.#report(event),
      located: url => this.#located(url),
    })
    this.#state = { type: 'running', runner }
    runner.command(this.#first)
  }

  /** The server has assigned the upload's URL or has forgotten the upload. Called by the runner and by the lock. */
  #located(url: string): void {
    if (this.#url === url) return
    this.#url = url
    this.#context.located(this.id, url)
    this.#record.change({ url, key: this.key, sha256: this.#identity.source.sha256 })
    this.#lock?.publishUrl(url)
  }

  /** Applies an event, and passes it to the page and to the tabs that follow. */
  #report(event: JobEvent): void {
    this.#first = firstAfter(event.type, this.#first)
    if (event.type === 'progress') this.#record.setProgress(event.accepted)
    this.#lock?.publish(event)
    this.#tell(event)
    if (isFinal(event)) this.#end()
    // A runner stays, since its machine can retry.
    else if (event.type === 'failed' && this.#state.type === 'waiting') this.#state = { type: 'failed' }
  }

  #end(): void {
    this.#stopRunner({ type: 'ended' })
    this.#record.end(this.key)
    this.#lock?.finish()
  }

  #stopRunner(next: JobState): void {
    if (this.#state.type === 'running') this.#state.runner.free()
    this.#state = next
  }
}
