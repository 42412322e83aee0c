/**
 * One upload: does what its machine (in the Go module) wants done, tells it what
 * came of it, and says in the engine's words how it goes.
 *
 * The machine's actions and the engine's events:
 *
 *   the first of all       started; again when the server has lost the upload
 *   send, after a hold     resumed
 *   send of a chunk        progress
 *   watch                  checking, relaying (as the server reports)
 *   wait, need-token       waiting
 *   paused done refused failed cancelled   the event of the same name
 */
import { sendRequest, type SendOutcome } from './chunk-sender.js'
import { sha256 } from './digest.js'
import type { Asset, EngineEvent, Fact, Failure, UploadRequest, Verdict } from './engine.js'
import { findCopies, parse, type Problem, type UploadStatus } from './server-json.js'
import type { TokenKeeper } from './token-keeper.js'
import { watchUpload } from './upload-events.js'
import type { Action, SendAction, UploadEvent, WatchAction } from './wasm.js'
import type { WasmModule } from './wasm-module.js'
import type { StartMessage, UploadCommand } from './worker-protocol.js'

/** What all uploads of a worker share. */
export interface Surroundings {
  readonly module: WasmModule
  readonly tokens: TokenKeeper
  /** The media server, ending in a slash. */
  readonly origin: string
  /** The largest chunk that passes on the way to this server; 0 when unknown. */
  ceiling: number
  emit(event: EngineEvent): void
  located(id: string, url: string): void
  /** The module has died under a call. */
  died(error: unknown): void
}

/** Metadata keys that are the engine's own; the page's `metadata` cannot set them. */
const OWN_KEYS = new Set(['filename', 'filetype', 'purpose', 'kind', 'sha256', 'key'])

/** What tus allows as a key: printable ASCII without space and comma. */
const METADATA_KEY = /^[!-+\--~]+$/

/** An event of this upload, before its id is put in. */
type News = WithoutId<Extract<EngineEvent, { id: string }>>
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

export class UploadRunner {
  readonly #around: Surroundings
  readonly #id: string
  readonly #file: Blob
  readonly #request: UploadRequest
  readonly #ready: Promise<void>
  #handle = 0
  #stop: () => void = () => {}
  #url: string
  /** Stood still, as far as the listeners know. */
  #held: boolean
  #stage: 'checking' | 'relaying' | undefined
  /** The code of the problem that was told with the stage; empty for none. */
  #toldProblem = ''
  #asset: Asset | undefined
  #verdict: Verdict | undefined
  #problem: Problem | undefined
  #freed = false

  constructor(around: Surroundings, start: StartMessage) {
    this.#around = around
    this.#id = start.id
    this.#file = start.file
    this.#request = start.request
    this.#url = start.url
    this.#held = start.url !== ''
    if (!this.#held) this.#emit({ type: 'started' })
    this.#ready = this.#prepare(start)
    this.#command(start.first)
  }

  /** Runs a command of the page. */
  command(command: Exclude<UploadCommand, 'forget'>): void {
    this.#command(command)
  }

  /** The network is back, or the person asked: no wait is longer than now. */
  nudge(): void {
    this.#command('nudge')
  }

  /** Ends everything here, and nothing on the server. */
  free(): void {
    this.#freed = true
    this.#stop()
    if (this.#handle !== 0) this.#around.module.freeUpload(this.#handle)
  }

  #command(type: 'start' | 'nudge' | Exclude<UploadCommand, 'forget'>): void {
    void this.#ready.then(() => this.#tell({ type }))
  }

  /** Small files are named by their digest, so that the library can be asked for them. */
  async #prepare(start: StartMessage): Promise<void> {
    const digest = start.url === '' ? await sha256(start.file) : ''
    if (this.#freed) return
    const { origin, ceiling, module } = this.#around
    try {
      this.#handle = module.newUpload({
        files: `${origin}files/`, uploads: `${origin}v1/uploads/`, assets: `${origin}v1/assets`,
        url: start.url, size: start.file.size, ceiling, metadata: metadata(start, digest),
      })
    } catch (error) {
      this.#around.died(error)
    }
  }

  #tell(event: UploadEvent): void {
    if (this.#freed || this.#handle === 0) return
    try {
      this.#do(this.#around.module.tell(this.#handle, event))
    } catch (error) {
      this.#around.died(error)
    }
  }

  #do(action: Action): void {
    this.#around.ceiling = action.ceiling
    const lost = this.#url !== '' && action.upload === ''
    if (action.upload !== this.#url) {
      this.#url = action.upload
      this.#around.located(this.#id, action.upload)
    }
    if (action.do === 'idle') return
    this.#stop()
    this.#stop = () => {}
    switch (action.do) {
      case 'send': return this.#send(action, lost)
      case 'watch': return this.#watch(action)
      case 'wait':
        this.#hold({ type: 'waiting', reason: action.reason, retryInMs: action.milliseconds })
        return this.#wait(action.milliseconds)
      case 'need-token':
        this.#hold({ type: 'waiting', reason: 'token', retryInMs: 0 })
        this.#stop = this.#around.tokens.need(type => this.#tell({ type }))
        return
      case 'paused': return this.#hold({ type: 'paused' })
      case 'cancelled': return this.#emit({ type: 'cancelled' })
      case 'done':
        if (this.#asset) this.#emit({ type: 'done', asset: this.#asset })
        return
      case 'refused':
        if (this.#verdict) this.#emit({ type: 'refused', verdict: this.#verdict })
        return
      case 'failed': return this.#fail(action.code, action.retryable, action.facts)
    }
  }

  #send(action: SendAction & Action, lost: boolean): void {
    const token = this.#around.tokens.current
    if (token === undefined) return this.#tell({ type: 'unsent', request: action.request })
    this.#announce(action, lost)
    this.#stop = sendRequest(action, this.#file, token, {
      progressed: sent => this.#progress(action.accepted, sent),
      finished: outcome => this.#finished(action, outcome, token),
    })
  }

  #announce(action: SendAction & Action, lost: boolean): void {
    const moves = action.purpose === 'search' || action.purpose === 'create' || action.purpose === 'chunk'
    if (lost) this.#emit({ type: 'started' })
    else if (this.#held && moves) this.#emit({ type: 'resumed', offset: action.accepted })
    if (moves) this.#held = false
    if (action.purpose === 'chunk') this.#progress(action.accepted, 0)
  }

  #finished(action: SendAction, outcome: SendOutcome, token: string): void {
    if (outcome.type === 'broken') return void this.#broken(action, outcome.stalled)
    this.#answered(outcome, token)
    const asset = action.purpose === 'search' && outcome.answer.status === 200
      ? findCopies(parse(outcome.body), this.#request.purposes, Date.now())
      : undefined
    if (!asset) return this.#tell(outcome.answer)
    this.#asset = asset
    this.#tell({ type: 'known', request: action.request })
  }

  /** A browser reports a file that changed on the disk as a broken connection: look which it was. */
  async #broken(action: SendAction, stalled: boolean): Promise<void> {
    const { request, length, offset } = action
    if (length > 0 && !stalled) {
      try {
        await this.#file.slice(offset, offset + 1).arrayBuffer()
      } catch {
        return this.#tell({ type: 'unreadable', request })
      }
    }
    this.#tell({ type: 'broken', request, stalled })
  }

  #answered(outcome: SendOutcome & { type: 'answered' }, token: string): void {
    this.#problem = outcome.problem
    if (outcome.answer.status === 401) this.#around.tokens.reject(token)
  }

  #watch(action: WatchAction & Action): void {
    const token = this.#around.tokens.current
    if (token === undefined) return this.#tell({ type: 'unsent', request: action.request })
    if (this.#stage === undefined) {
      this.#progress(action.accepted, 0)
      this.#enter('checking', undefined)
    }
    this.#stop = watchUpload(action, token, {
      reported: status => this.#reported(action.request, status),
      finished: outcome => {
        if (outcome.type === 'broken') return this.#tell({ type: 'broken', request: action.request, stalled: outcome.stalled })
        this.#answered(outcome, token)
        this.#tell(outcome.answer)
      },
    })
  }

  #reported(request: number, status: UploadStatus): void {
    this.#asset = status.asset
    this.#verdict = status.verdict
    this.#problem = status.problem
    if (status.state === 'checking' || status.state === 'relaying') this.#enter(status.state, status.problem)
    this.#tell({
      type: 'watched', request, state: status.state,
      problem: status.problem?.code ?? '', final: status.problem?.final ?? false,
    })
  }

  /** Each attempt of the server's is reported; the same problem again is no news. */
  #enter(stage: 'checking' | 'relaying', problem: Problem | undefined): void {
    const code = problem?.code ?? ''
    if (stage === this.#stage && code === this.#toldProblem) return
    this.#stage = stage
    this.#toldProblem = code
    this.#held = false
    this.#emit(problem === undefined ? { type: stage } : { type: stage, problem: failureOf(problem) })
  }

  #wait(milliseconds: number): void {
    const timer = setTimeout(() => this.#tell({ type: 'due' }), milliseconds)
    this.#stop = () => clearTimeout(timer)
  }

  #fail(code: string, retryable: boolean, facts: readonly Fact[]): void {
    const problem = this.#problem?.code === code ? this.#problem : undefined
    const failure = { code, message: problem?.title ?? '', retryable, facts: problem?.facts ?? facts }
    this.#hold({ type: 'failed', failure })
  }

  /** Tells what keeps the upload where it is. */
  #hold(event: News): void {
    this.#held = true
    this.#stage = undefined
    this.#emit(event)
  }

  #progress(accepted: number, inFlight: number): void {
    this.#emit({ type: 'progress', accepted, inFlight, total: this.#file.size })
  }

  #emit(event: News): void {
    this.#around.emit({ ...event, id: this.#id })
  }
}

function failureOf({ code, title, facts, final }: Problem): Failure {
  return { code, message: title, retryable: !final, facts }
}

function metadata(start: StartMessage, digest: string): (readonly [string, string])[] {
  const { request, key } = start
  const own: (readonly [string, string])[] = [
    ['filename', request.name], ['filetype', request.declaredType], ['purpose', request.purposes.join(',')],
    ['kind', request.kind], ['sha256', digest], ['key', key],
  ]
  const others = Object.entries(request.metadata).filter(([name]) => METADATA_KEY.test(name) && !OWN_KEYS.has(name))
  return [...own, ...others].filter(([, value]) => value !== '')
}
