/**
 * One upload from the file to its end: kept, named by its content and its owner,
 * then sent when it is this tab's turn, or followed where another tab sends it.
 * The sending itself is the runner's.
 */
import { sha256 } from './digest.js'
import type { EngineEvent, Failure, UploadRequest } from '../engine/engine.js'
import type { OwnerKeeper, TextDigest } from './owner.js'
import { uploadKey } from './upload-key.js'
import { UploadRunner, type RunnerSurroundings, type UploadNews } from './upload-runner.js'
import type { Kept } from '../storage/upload-store.js'
import { UploadTurn, type TurnCommand } from './upload-lock.js'
import type { Vault } from '../storage/copy-store.js'
import { FIRST, firstAfter, type FirstCommand } from '../engine/worker-protocol.js'

/** What all uploads of a worker share. */
export interface JobSurroundings extends RunnerSurroundings {
  readonly vault: Vault
  readonly owners: OwnerKeeper
  readonly digest: TextDigest
  /** A page's address as it is written down. */
  placeDigest(place: string): string
  /** The module's file: its name changes with the rules. */
  readonly rules: string
  emit(event: EngineEvent): void
  located(id: string, url: string): void
  /** Another row of this page has the same upload, and goes on with it. */
  hasTwin(job: UploadJob): boolean
}

export interface JobFile {
  readonly id: string
  readonly file: Blob | undefined
  readonly size: number
  readonly request: UploadRequest
}

/** Milliseconds between two notes of how far an upload is; they are for the eye of a later visit alone. */
const NOTE_MILLISECONDS = 2000

export class UploadJob {
  readonly id: string
  readonly #around: JobSurroundings
  readonly #size: number
  readonly #request: UploadRequest
  /** Where the bytes can be read, the best first: the copy, then the original. */
  readonly #files: Blob[]
  #state: 'kept' | 'begun' | 'stopped' | 'ended' = 'kept'
  #first: FirstCommand = 'start'
  /** As `ownerOf` a token tells; empty until one has. */
  #owner = ''
  #key = ''
  #sha256 = ''
  #url = ''
  #held = false
  #paused = false
  #following = false
  /** All bytes are at the server, as far as was heard. */
  #safe = false
  #turn: UploadTurn | undefined
  #runner: UploadRunner | undefined
  #noted = { accepted: 0, at: Date.now() }

  constructor(around: JobSurroundings, { id, file, size, request }: JobFile) {
    this.id = id
    this.#around = around
    this.#size = size
    this.#request = request
    this.#files = file ? [file] : []
  }

  /** The upload's name, the same in every tab; empty until it is known. */
  get key(): string {
    return this.#key
  }

  get ended(): boolean {
    return this.#state === 'ended'
  }

  keep(): void {
    void this.#around.vault.keep(this.#kept(this.#files[0])).then(kept => this.take(kept))
  }

  /** Takes what is kept of it. */
  take(kept: Kept | undefined): void {
    if (!kept) return
    if (kept.copy && this.#files[0] !== kept.copy) this.#files.unshift(kept.copy)
    if (this.#runner) return
    const { owner, key, sha256, url, paused } = kept.record
    if (this.#state === 'kept') this.#paused = paused
    this.#owner ||= owner
    this.#key ||= key
    this.#sha256 ||= sha256
    this.#url ||= url
    // Another tab may have the bytes that are missing here.
    if (this.#state === 'kept' && this.#key !== '' && this.#files.length === 0) this.#turn ??= this.#newTurn('watch')
  }

  start(url: string, first: FirstCommand): void {
    if (this.#state !== 'kept') return
    this.#state = 'begun'
    this.#turn?.leave()
    this.#turn = undefined
    this.#first = first
    this.#url ||= url
    this.#notePause(first === 'pause')
    void this.#begin()
  }

  command(command: TurnCommand): void {
    if (this.#state === 'ended') return
    if (command === 'cancel' && this.#around.hasTwin(this)) return this.#yield()
    this.#obey(command)
  }

  #obey(command: TurnCommand): void {
    if (this.#state === 'ended') return
    // A page that is closed before the server knows must not bring it back.
    if (command === 'cancel') this.#around.vault.end(this.id, this.#key)
    this.#first = FIRST[command]
    this.#notePause(command === 'pause')
    if (this.#runner) return this.#runner.command(command)
    if (this.#turn?.follows) return this.#turn.ask(command)
    if (command === 'cancel' && this.#url === '') return this.#told({ type: 'cancelled' })
    if (command === 'cancel' && this.#state === 'kept') return this.start('', 'cancel')
    if (command === 'retry' && this.#state === 'stopped') this.#goOn()
  }

  nudge(): void {
    this.#runner?.nudge()
  }

  /** Who is signed in from now on. What somebody else has begun stops here, and stays theirs. */
  signedIn(owner: string): void {
    this.#owner ||= owner
    if (this.#owner === owner || this.#state === 'kept' || this.#state === 'ended') return
    this.#letGo()
    this.#told({ type: 'failed', failure: failure('other_owner', true) })
  }

  #letGo(): void {
    this.#runner?.free()
    this.#runner = undefined
    this.#turn?.leave()
    this.#turn = undefined
  }

  /** Whoever follows and would try now may have the token that is missing here: it is their turn, and this one's after them. */
  #asked(command: TurnCommand): void {
    if (command !== 'retry' || !this.#runner || this.#around.tokens.current !== undefined) return this.#obey(command)
    this.#letGo()
    this.#first = 'start'
    this.#takeTurn()
  }

  /** A file for an upload without a copy. False when its content is another. */
  async supply(file: Blob): Promise<boolean> {
    if (file.size !== this.#size || !await this.#isSame(file)) return false
    this.#files.unshift(file)
    void this.#around.vault.renew(this.#kept(file)).then(kept => this.take(kept))
    return true
  }

  /** Ends everything here, and nothing on the server. What is kept of it goes. */
  free(): void {
    if (this.#state === 'ended') return
    this.#stop()
    this.#around.vault.end(this.id, '')
    this.#turn?.leave()
  }

  /** Where nothing was sent yet there is no digest: then the file's own time speaks for its content. */
  async #isSame(file: Blob): Promise<boolean> {
    if (this.#sha256 === '') return file instanceof File && file.lastModified === this.#request.lastModified
    return await sha256(this.#around.module, file).catch(() => '') === this.#sha256
  }

  #kept(file: Blob | undefined): JobFile & { origin: string } {
    return { id: this.id, origin: this.#around.origin, file, size: this.#size, request: this.#writable() }
  }

  #writable(): UploadRequest {
    return { ...this.#request, place: this.#around.placeDigest(this.#request.place) }
  }

  /** What stops the upload while it is prepared ends the preparation. */
  async #begin(): Promise<void> {
    if (this.#url === '') this.#tell({ type: 'started' })
    this.#held = this.#url !== ''
    try {
      await this.#prepare()
      if (this.#state !== 'begun') return
      if (await this.#isOwners()) this.#takeTurn()
      else this.#told({ type: 'failed', failure: failure('other_owner', true) })
    } catch (error) {
      if (this.#around.module.isDeath(error)) this.#around.died(error)
      else if (this.#state === 'begun') this.#told({ type: 'failed', failure: failure('file_changed', false) })
    }
  }

  /** Nobody signed in is as good as the owner: without a token nothing is sent. */
  async #isOwners(): Promise<boolean> {
    const owner = await this.#around.owners.current()
    return owner === '' || owner === this.#owner
  }

  /** Finds out what names the upload. */
  async #prepare(): Promise<void> {
    const { vault, owners, digest, tokens, rules } = this.#around
    this.take(await vault.find(this.id))
    if (tokens.current === undefined) this.#hold({ type: 'waiting', reason: 'token', retryInMs: 0 })
    const [owner] = await Promise.all([this.#owner || owners.ask(), this.#sumUp()])
    this.#owner ||= owner
    this.#key ||= await uploadKey({ owner: this.#owner, sha256: this.#sha256, request: this.#request, rules }, digest)
  }

  /** Of the bytes that are sent: the copy, and where that cannot be read, the original. */
  async #sumUp(): Promise<void> {
    while (this.#sha256 === '' && this.#first !== 'cancel') {
      const [file] = this.#files
      if (!file) throw new DOMException('the file cannot be read', 'NotReadableError')
      try {
        this.#sha256 = await sha256(this.#around.module, file)
      } catch (error) {
        if (this.#around.module.isDeath(error)) throw error
        this.#files.splice(this.#files.indexOf(file), 1)
      }
    }
  }

  #takeTurn(): void {
    this.#turn ??= this.#newTurn('send')
    this.#turn.locate(this.#url)
  }

  #newTurn(how: 'send' | 'watch'): UploadTurn {
    return new UploadTurn(`mediarelay:${this.#around.origin}:${this.#key}`, {
      granted: () => this.#granted(),
      followed: () => this.#followed(),
      released: () => this.#released(),
      heard: event => this.#heard(event),
      located: url => this.#located(url),
      asked: command => this.#asked(command),
    }, how)
  }

  #granted(): void {
    if (this.#state === 'ended') return
    if (this.#following) this.#tell({ type: 'followed', over: true })
    this.#following = false
    // What has failed over there waits for somebody to ask, here as well.
    if (this.#state === 'begun') this.#run()
  }

  #followed(): void {
    this.#following = true
    this.#tell({ type: 'followed' })
    if (this.#first === 'cancel' || this.#first === 'retry') this.#turn?.ask(this.#first)
  }

  /** Whoever sent it is gone. What needs none of its bytes any more goes on here. */
  #released(): void {
    if (this.#state === 'ended') return
    if (this.#safe || this.#first === 'cancel') return this.start('', this.#first)
    this.#following = false
    this.#tell({ type: 'missing' })
  }

  #heard(event: UploadNews): void {
    if (this.#state === 'ended') return
    if (this.#state === 'stopped' && event.type !== 'failed') this.#state = 'begun'
    if (event.type === 'started') this.#safe = false
    else this.#safe ||= event.type === 'checking' || event.type === 'relaying'
    this.#held = HOLDS.has(event.type) || this.#held && event.type !== 'progress'
    this.#told(event)
  }

  /** After a failure before there was anything to send, or one of the tab that sent. */
  #goOn(): void {
    this.#state = 'begun'
    if (this.#turn?.holds) this.#run()
    else void this.#begin()
  }

  #run(): void {
    this.#runner = new UploadRunner(this.#around, {
      files: this.#files, size: this.#size, request: this.#request, sha256: this.#sha256, key: this.#key,
      url: this.#url, held: this.#held, first: this.#first,
    }, { told: event => this.#told(event), located: url => this.#located(url) })
  }

  /** The server, or the tab that talks to it, has named the upload. */
  #located(url: string): void {
    if (this.#url === url) return
    this.#url = url
    this.#around.located(this.id, url)
    this.#note({ url, key: this.#key, sha256: this.#sha256 })
    this.#turn?.locate(url)
  }

  /** The other row goes on with the same upload. */
  #yield(): void {
    this.free()
    this.#around.emit({ type: 'cancelled', id: this.id })
  }

  #hold(event: UploadNews): void {
    this.#held = true
    this.#told(event)
  }

  #told(event: UploadNews): void {
    this.#first = firstAfter(event.type, this.#first)
    if (event.type === 'progress') this.#noteProgress(event.accepted)
    this.#turn?.tell(event)
    this.#tell(event)
    if (event.type === 'failed' && event.failure.retryable) this.#fail()
    else if (ENDS.has(event.type)) this.#end()
  }

  /** The runner knows how to go on; what has none begins anew. */
  #fail(): void {
    if (!this.#runner && this.#state === 'begun') this.#state = 'stopped'
  }

  #end(): void {
    this.#stop()
    this.#around.vault.end(this.id, this.#key)
    this.#turn?.end()
  }

  #stop(): void {
    this.#state = 'ended'
    this.#runner?.free()
    this.#runner = undefined
  }

  #noteProgress(accepted: number): void {
    const now = Date.now()
    if (accepted === this.#noted.accepted || now - this.#noted.at < NOTE_MILLISECONDS) return
    this.#noted = { accepted, at: now }
    this.#note({ accepted })
  }

  #notePause(paused: boolean): void {
    if (paused !== this.#paused) this.#note({ paused })
    this.#paused = paused
  }

  #note(part: Parameters<Vault['change']>[1]): void {
    this.#around.vault.change(this.id, part)
  }

  #tell(event: UploadNews): void {
    this.#around.emit({ ...event, id: this.id })
  }
}

/** After these nothing follows. */
const ENDS: ReadonlySet<EngineEvent['type']> = new Set(['done', 'refused', 'cancelled', 'failed'])

/** What a follower's listeners take for standing still. */
const HOLDS: ReadonlySet<EngineEvent['type']> = new Set(['waiting', 'paused', 'failed'])

function failure(code: string, retryable: boolean): Failure {
  return { code, message: '', retryable, facts: [] }
}
