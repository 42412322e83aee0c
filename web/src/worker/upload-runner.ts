/**
 * One upload: does what its machine (in the Go module) wants done, tells it what
 * came of it, and says in the engine's words how it goes.
 *
 * The machine's actions and the engine's events:
 *
 *   send, after a loss     started: the server has forgotten the upload
 *   send, after a hold     resumed
 *   send of a chunk        progress
 *   watch                  checking, relaying (as the server reports)
 *   wait, need-token       waiting
 *   paused done refused failed cancelled   the event of the same name
 */
import { sendRequest, type ChunkOutcome, type SendOutcome } from './chunk-sender.js'
import type { Asset, EngineEvent, Fact, Failure, UploadRequest, Verdict } from '../engine/engine.js'
import { findCopies, parse, type Problem, type UploadStatus } from './server-json.js'
import type { TokenKeeper } from './worker-token.js'
import { watchUpload } from './event-stream.js'
import type { Action, SendAction, UploadEvent, WatchAction } from './wasm.js'
import type { WasmModule } from './wasm-module.js'
import type { FirstCommand, UploadCommand } from '../engine/worker-protocol.js'

/** What all uploads of a worker share. */
export interface RunnerSurroundings {
  readonly module: WasmModule
  readonly tokens: TokenKeeper
  /** The media server, ending in a slash. */
  readonly origin: string
  /** The largest chunk that passes on the way to this server; 0 when unknown. */
  ceiling: number
  /** A proxy has turned a chunk away: smaller ones from now on. */
  lowered(ceiling: number): void
  /** The module has died under a call. */
  died(error: unknown): void
}

/** One upload that is ready to be sent. */
export interface UploadOrder {
  /** Where the bytes can be read, the best first; one that fails is taken away. */
  readonly files: Blob[]
  readonly size: number
  readonly request: UploadRequest
  readonly sha256: string
  /** The client's own name for the upload: a creation is not made twice under it. */
  readonly key: string
  /** The upload's URL, empty when the server has not named one. */
  readonly url: string
  /** The listeners take it for standing still. */
  readonly held: boolean
  readonly first: FirstCommand
}

export interface RunnerListener {
  told(event: UploadNews): void
  /** The server has named (or forgotten: empty) the upload's URL. */
  located(url: string): void
}

/** Metadata keys that are the engine's own; the page's `metadata` cannot set them. */
const OWN_KEYS = new Set(['filename', 'filetype', 'purpose', 'kind', 'sha256', 'key'])

/** What tus allows as a key: printable ASCII without space and comma. */
const METADATA_KEY = /^[!-+\--~]+$/

/** An event of this upload, before its id is put in. */
export type UploadNews = WithoutId<Extract<EngineEvent, { id: string }>>
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never

export class UploadRunner {
  readonly #around: RunnerSurroundings
  readonly #order: UploadOrder
  readonly #listener: RunnerListener
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
  /** How much damage on the way was told. */
  #damaged = 0
  #freed = false

  constructor(around: RunnerSurroundings, order: UploadOrder, listener: RunnerListener) {
    this.#around = around
    this.#order = order
    this.#listener = listener
    this.#url = order.url
    this.#held = order.held
    this.#build()
    this.command(order.first)
  }

  #build(): void {
    const { origin, ceiling, module, died } = this.#around
    try {
      this.#handle = module.newUpload({
        files: `${origin}files/`, uploads: `${origin}v1/uploads/`, assets: `${origin}v1/assets`,
        url: this.#url, size: this.#order.size, ceiling, metadata: metadata(this.#order),
      })
    } catch (error) {
      died(error)
    }
  }

  /** Runs a command of the page. */
  command(type: Exclude<UploadCommand, 'forget'> | FirstCommand): void {
    this.#tell({ type })
  }

  /** The network is back, or the person asked: no wait is longer than now. */
  nudge(): void {
    this.#tell({ type: 'nudge' })
  }

  /** Ends everything here, and nothing on the server. */
  free(): void {
    this.#freed = true
    this.#stop()
    if (this.#handle !== 0) this.#around.module.freeUpload(this.#handle)
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
    this.#learn(action.ceiling)
    const lost = this.#url !== '' && action.upload === ''
    if (action.upload !== this.#url) {
      this.#url = action.upload
      this.#listener.located(action.upload)
    }
    if (lost) this.#stage = undefined
    if (action.damaged > this.#damaged) {
      this.#damaged = action.damaged
      this.#emit({ type: 'damaged' })
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
        return this.#asset ? this.#emit({ type: 'done', asset: this.#asset }) : this.#unknown()
      case 'refused':
        return this.#verdict ? this.#emit({ type: 'refused', verdict: this.#verdict }) : this.#unknown()
      case 'failed': return this.#fail(action.code, action.retryable, action.facts)
    }
  }

  /** The server tells of an end without what it came to. That machine is through: a retry asks anew, with another. */
  #unknown(): void {
    this.#around.module.freeUpload(this.#handle)
    this.#damaged = 0
    this.#build()
    this.#fail('relay_failed', true, [])
  }

  /** Another upload may know of a narrower way already. */
  #learn(ceiling: number): void {
    const { ceiling: known } = this.#around
    if (known > 0 && ceiling < known) this.#around.lowered(ceiling)
    if (known === 0 || ceiling < known) this.#around.ceiling = ceiling
  }

  #send(action: SendAction & Action, lost: boolean): void {
    const token = this.#around.tokens.current
    if (token === undefined) return this.#tell({ type: 'unsent', request: action.request })
    this.#announce(action, lost)
    this.#stop = sendRequest(action, this.#order.files[0], token, {
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

  #finished(action: SendAction, outcome: ChunkOutcome, token: string): void {
    if (outcome.type === 'unreadable') return this.#unreadable(action)
    if (outcome.type === 'broken') return void this.#broken(action, outcome.stalled)
    this.#answered(outcome, token)
    const asset = action.purpose === 'search' && outcome.answer.status === 200
      ? findCopies(parse(outcome.body), this.#order.request.purposes, Date.now())
      : undefined
    if (!asset) return this.#tell(outcome.answer)
    this.#asset = asset
    this.#tell({ type: 'known', request: action.request })
  }

  /** A browser reports a file that changed on the disk as a broken connection: look which it was. */
  async #broken(action: SendAction, stalled: boolean): Promise<void> {
    if (action.length > 0 && !stalled && !await isReadable(this.#order.files[0], action)) return this.#unreadable(action)
    this.#tell({ type: 'broken', request: action.request, stalled })
  }

  /** Where the copy cannot be read, the original may be. */
  #unreadable({ request }: SendAction): void {
    this.#order.files.shift()
    if (this.#order.files.length === 0) this.#tell({ type: 'unreadable', request })
    else this.#tell({ type: 'broken', request, stalled: false })
  }

  #answered(outcome: SendOutcome & { type: 'answered' }, token: string): void {
    this.#problem = outcome.problem
    const { status, foreign } = outcome.answer
    // A gateway in front of the server may say 403 of a token that has ended.
    if (status === 401 || status === 403 && foreign) this.#around.tokens.reject(token)
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
  #hold(event: UploadNews): void {
    this.#held = true
    this.#stage = undefined
    this.#emit(event)
  }

  #progress(accepted: number, inFlight: number): void {
    this.#emit({ type: 'progress', accepted, inFlight, total: this.#order.size })
  }

  #emit(event: UploadNews): void {
    this.#listener.told(event)
  }
}

function failureOf({ code, title, facts, final }: Problem): Failure {
  return { code, message: title, retryable: !final, facts }
}

/** All of what was to be sent: a file may be broken in its middle. */
async function isReadable(file: Blob | undefined, { offset, length }: SendAction): Promise<boolean> {
  try {
    await file?.slice(offset, offset + length).arrayBuffer()
    return file !== undefined
  } catch {
    return false
  }
}

function metadata({ request, key, sha256 }: UploadOrder): (readonly [string, string])[] {
  const own: (readonly [string, string])[] = [
    ['filename', request.name], ['filetype', request.declaredType], ['purpose', request.purposes.join(',')],
    ['kind', request.kind], ['sha256', sha256], ['key', key],
  ]
  const others = Object.entries(request.metadata).filter(([name]) => METADATA_KEY.test(name) && !OWN_KEYS.has(name))
  return [...own, ...others].filter(([, value]) => value !== '')
}
