/**
 * Runs the state machine of one upload, which is part of the Go module: performs its actions, gives
 * it the outcomes as events and reports the progress. It leaves the protocol to the machine.
 *
 * Actions of the machine and the events that they lead to:
 *
 *   send, after the server has forgotten the upload   started
 *   send, after a hold                                resumed
 *   send of a chunk                                   progress
 *   watch                                             checking, relaying (as the server reports)
 *   wait, need-token                                  waiting
 *   paused, done, refused, failed, cancelled          the event of the same name
 */
import type { Asset, Fact, Verdict, WaitReason } from '../engine/engine.js'
import type { FirstCommand, UploadCommand } from '../engine/worker-protocol.js'
import { sendRequest, type ChunkOutcome } from './chunk-sender.js'
import type { JobEvent } from './job-event.js'
import { uploadMetadata, urlsOf, type PreparedUpload } from './prepared-upload.js'
import { isNotFound, type Answered } from './server-answer.js'
import { failureOfProblem, listsCopies, parse, type Problem, type UploadStatus } from './server-json.js'
import { ServerStage, type StageName } from './server-stage.js'
import { serverNow, serverTimeDifference } from './server-time.js'
import type { RunnerContext, RunnerListener } from './upload-context.js'
import type { MachineAction, MachineEvent, MachineFacts, SendAction, WatchAction } from './wasm.js'

export class UploadRunner {
  readonly #context: RunnerContext
  readonly #upload: PreparedUpload
  readonly #listener: RunnerListener
  /** The machine; 0 if it could not be made. */
  #handle = 0
  /** Stops the current action. */
  #stop: () => void = () => {}
  #url: string
  #held: boolean
  readonly #stage = new ServerStage()
  #asset: Asset | undefined
  #verdict: Verdict | undefined
  #problem: Problem | undefined
  /** The token of the last answer, if that denies it. */
  #rejected: string | undefined
  /** How often damage in transit was reported. */
  #damaged = 0
  #freed = false

  /** Sends nothing until the first command. */
  constructor(context: RunnerContext, upload: PreparedUpload, listener: RunnerListener) {
    this.#context = context
    this.#upload = upload
    this.#listener = listener
    this.#url = upload.url
    this.#held = upload.held
    this.#makeMachine()
  }

  #makeMachine(): void {
    try {
      const { origin, ceiling } = this.#context
      this.#handle = this.#context.module.newUpload({ ...urlsOf(origin), url: this.#url, size: this.#upload.source.size, ceiling: ceiling.bytes, metadata: uploadMetadata(this.#upload) })
    } catch (error) {
      this.#context.crashed(error)
    }
  }

  /** Carries out a command; `nudge` ends a wait. */
  command(type: UploadCommand | FirstCommand | 'nudge'): void {
    this.#dispatch({ type })
  }

  /** Stops the upload here, and leaves it on the server. */
  free(): void {
    this.#freed = true
    this.#stop()
    if (this.#handle !== 0) this.#context.module.freeUpload(this.#handle)
  }

  #dispatch(event: MachineEvent): void {
    if (this.#freed || this.#handle === 0) return
    try {
      this.#perform(this.#context.module.dispatch(this.#handle, event))
    } catch (error) {
      this.#context.crashed(error)
    }
  }

  #perform(action: MachineAction): void {
    const { ceiling, upload, damaged } = action
    const forgotten = this.#url !== '' && upload === ''
    this.#context.ceiling.learn(ceiling)
    if (upload !== this.#url) {
      this.#url = upload
      this.#listener.located(upload)
    }
    if (forgotten) this.#stage.leave()
    if (damaged > this.#damaged) {
      this.#damaged = damaged
      this.#emit({ type: 'damaged' })
    }
    if (action.do === 'idle') return
    this.#stop()
    this.#stop = () => {}
    switch (action.do) {
      case 'send': return this.#send(action, forgotten)
      case 'watch': return this.#watch(action)
      case 'wait': return this.#wait(action.reason, action.milliseconds)
      case 'need-token':
        if (this.#rejected !== undefined) this.#context.token.reject(this.#rejected)
        this.#hold({ type: 'waiting', reason: 'token', retryInMs: 0 })
        this.#stop = this.#context.token.request(type => this.#dispatch({ type }))
        return
      case 'paused': return this.#hold({ type: 'paused' })
      case 'cancelled': return this.#emit({ type: 'cancelled' })
      case 'done': return this.#asset ? this.#emit({ type: 'done', asset: this.#asset, clockAhead: serverTimeDifference() }) : this.#failAnew('relay_failed')
      case 'refused': return this.#verdict ? this.#emit({ type: 'refused', verdict: this.#verdict }) : this.#failAnew('relay_failed')
      case 'failed': return this.#fail(action.code, action.retryable, action.facts)
    }
  }

  #wait(reason: WaitReason, retryInMs: number): void {
    this.#hold({ type: 'waiting', reason, retryInMs })
    const timer = setTimeout(() => this.#dispatch({ type: 'due' }), retryInMs)
    this.#stop = () => clearTimeout(timer)
  }

  /** A retry asks again, with a new machine. */
  #failAnew(code: string): void {
    this.#context.module.freeUpload(this.#handle)
    this.#damaged = 0
    this.#makeMachine()
    this.#fail(code, true, [])
  }

  #send(action: SendAction & MachineFacts, forgotten: boolean): void {
    const token = this.#context.token.current
    if (token === undefined) return this.#dispatch({ type: 'unsent', request: action.request })
    this.#announce(action, forgotten)
    this.#stop = sendRequest(action, this.#upload.source.current, token, {
      progressed: sent => this.#reportProgress(action.accepted, sent),
      finished: outcome => this.#sent(action, outcome, token),
    })
  }

  #announce(action: SendAction & MachineFacts, forgotten: boolean): void {
    const advances = ['search', 'create', 'chunk'].includes(action.purpose)
    if (forgotten) this.#emit({ type: 'started' })
    else if (this.#held && advances) this.#emit({ type: 'resumed', offset: action.accepted })
    if (advances) this.#held = false
    if (action.purpose === 'chunk') this.#reportProgress(action.accepted, 0)
  }

  #sent(action: SendAction, outcome: ChunkOutcome, token: string): void {
    if (outcome.type === 'unreadable') return this.#unreadable(action)
    if (outcome.type === 'broken') return void this.#broken(action, outcome.stalled)
    const read = (): void => this.#read(action, outcome, token)
    if (isNotFound(outcome.answer)) void this.#orFault(read)
    else read()
  }

  #read(action: SendAction, outcome: Answered, token: string): void {
    this.#answered(outcome, token)
    const known = action.purpose === 'search' && outcome.answer.status === 200
      && listsCopies(parse(outcome.body), this.#upload.request.purposes, serverNow())
    this.#dispatch(known ? { type: 'known', request: action.request } : outcome.answer)
  }

  /** Browsers report a file that has changed on disk as a broken connection, so the bytes are read again to tell. */
  async #broken(action: SendAction, stalled: boolean): Promise<void> {
    const { offset, length, request } = action
    if (length > 0 && !stalled && !await this.#upload.source.canRead(offset, length)) return this.#unreadable(action)
    await this.#orFault(() => this.#dispatch({ type: 'broken', request, stalled }))
  }

  /** Proceeds, or fails if only an administrator can help. A command may end the request meanwhile. */
  async #orFault(proceed: () => void): Promise<void> {
    const current = this.#stop
    const code = await this.#context.server.fault()
    if (code === undefined) proceed()
    else if (!this.#freed && this.#stop === current) this.#failAnew(code)
  }

  /** If the copy cannot be read, the original may be. */
  #unreadable({ request }: SendAction): void {
    const { source } = this.#upload
    source.drop(source.current)
    this.#dispatch(source.current ? { type: 'broken', request, stalled: false } : { type: 'unreadable', request })
  }

  #answered({ answer: { status, foreign }, problem }: Answered, token: string): void {
    if (!foreign) this.#context.server.answered()
    this.#problem = problem
    // A gateway in front of the server may answer an expired token with 403.
    this.#rejected = status === 401 || status === 403 && foreign ? token : undefined
  }

  #watch(action: WatchAction & MachineFacts): void {
    const { request } = action
    if (this.#context.token.current === undefined) return this.#dispatch({ type: 'unsent', request })
    if (!this.#stage.isKnown) {
      this.#reportProgress(action.accepted, 0)
      this.#enterStage('checking', undefined)
    }
    this.#stop = this.#context.statuses.watch(action, {
      reported: status => this.#reported(request, status),
      finished: outcome => {
        if (outcome.type === 'unsent') return this.#dispatch({ type: 'unsent', request })
        if (outcome.type === 'broken') return this.#dispatch({ type: 'broken', request, stalled: outcome.stalled })
        this.#answered(outcome, outcome.token)
        this.#dispatch(outcome.answer)
      },
    })
  }

  #reported(request: number, { state, asset, verdict, problem }: UploadStatus): void {
    this.#asset = asset
    this.#verdict = verdict
    this.#problem = problem
    if (state === 'checking' || state === 'relaying') this.#enterStage(state, problem)
    this.#dispatch({ type: 'watched', request, state, problem: problem?.code ?? '', final: problem?.final ?? false })
  }

  #enterStage(name: StageName, problem: Problem | undefined): void {
    if (!this.#stage.enter(name, problem?.code ?? '')) return
    this.#held = false
    this.#emit(problem === undefined ? { type: name } : { type: name, problem: failureOfProblem(problem) })
  }

  #fail(code: string, retryable: boolean, facts: readonly Fact[]): void {
    const problem = this.#problem?.code === code ? this.#problem : undefined
    this.#hold({ type: 'failed', failure: { code, message: problem?.title ?? '', retryable, facts: problem?.facts ?? facts } })
  }

  #hold(event: JobEvent): void {
    this.#held = true
    this.#stage.leave()
    this.#emit(event)
  }

  #reportProgress(accepted: number, inFlight: number): void {
    this.#emit({ type: 'progress', accepted, inFlight, total: this.#upload.source.size })
  }

  #emit(event: JobEvent): void {
    this.#listener.emit(event)
  }
}
