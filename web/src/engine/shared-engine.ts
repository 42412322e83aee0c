/**
 * One worker or frame for all elements of a page that use the same media server. It starts with the first client
 * and stops with the last one. Each client has a port of its own, with its own files and its own token.
 */
import { reportFault, reportWay } from './advice.js'
import type { Connection, ConnectionListener, Loss } from './connection.js'
import type { EngineProcess, ProcessListener } from './engine-process.js'
import { openFrame } from './frame.js'
import { openBlobWorker, openWorker, workerScript } from './page-workers.js'
import { ProcessSearch, type FoundProcess, type WayFailure } from './process-search.js'
import { faultOfSearch } from './search-fault.js'
import { forbidsWorker, ViolationLog } from './violations.js'
import { waysFor, type EngineTarget, type Way } from './way.js'
import type { FromProcess, FromWorker, ToWorker } from './worker-protocol.js'

interface Client {
  readonly listener: ConnectionListener
  readonly port: MessagePort
  /** The worker's end. */
  readonly remote: MessagePort
}

const engines = new Map<string, SharedEngine>()

/** The engine of a target. It runs only while it has clients. */
export function sharedEngine(target: EngineTarget): SharedEngine {
  const key = JSON.stringify(target)
  const engine = engines.get(key) ?? new SharedEngine(target)
  engines.set(key, engine)
  return engine
}

export class SharedEngine {
  readonly #target: EngineTarget
  readonly #clients = new Map<number, Client>()
  readonly #hasOwnScript = new URL(workerScript).origin === location.origin
  /** The ways that may work on this page: after the first success, that one alone. */
  #ways: readonly Way[]
  #search: ProcessSearch | undefined
  #violations: ViolationLog | undefined
  #process: EngineProcess | undefined
  #lastClient = 0

  constructor(target: EngineTarget) {
    this.#target = target
    this.#ways = this.#allWays()
  }

  /** Undefined until it is known. */
  get way(): Way | undefined {
    return this.#process && this.#ways[0]
  }

  connect(listener: ConnectionListener): Connection {
    const id = ++this.#lastClient
    const { port1: port, port2: remote } = new MessageChannel()
    port.onmessage = ({ data }: MessageEvent<FromWorker>) => listener.receive(data)
    this.#clients.set(id, { listener, port, remote })
    if (this.#process) this.#introduce(id)
    else this.#open()
    return { post: message => port.postMessage(message), close: () => this.#disconnect(id) }
  }

  #allWays(): readonly Way[] {
    return waysFor(this.#target.choice, this.#hasOwnScript)
  }

  #introduce(client: number): void {
    const remote = this.#clients.get(client)?.remote
    if (remote) this.#process?.connect({ type: 'connect', client, endpoint: this.#target.endpoint, site: '' }, remote)
  }

  #disconnect(id: number): void {
    const client = this.#clients.get(id)
    if (!client) return
    this.#clients.delete(id)
    client.port.postMessage({ type: 'close' } satisfies ToWorker)
    client.port.close()
    if (this.#clients.size === 0) this.#stop()
  }

  #stop(): void {
    this.#search?.cancel()
    this.#violations?.close()
    this.#process?.close()
    this.#search = this.#process = undefined
  }

  #open(): void {
    if (this.#search) return
    this.#violations = new ViolationLog()
    this.#search = new ProcessSearch(this.#ways, (way, listener) => this.#start(way, listener), {
      found: found => this.#found(found),
      failed: failures => void this.#failed(failures),
      event: event => this.#receive(event),
    })
  }

  #start(way: Way, listener: ProcessListener): EngineProcess | undefined {
    switch (way) {
      case 'worker': return openWorker(listener)
      case 'blob': return openBlobWorker(listener)
      case 'frame': return this.#needsFrame ? openFrame(this.#target.endpoint, listener) : undefined
    }
  }

  /** A worker of the page's own origin fails without a violation if the network is down. A frame is no help then, unless it is the only way. */
  get #needsFrame(): boolean {
    return !this.#hasOwnScript || this.#ways[0] === 'frame' || forbidsWorker(this.#violations?.all ?? [])
  }

  #found({ way, process, protocol }: FoundProcess): void {
    this.#violations?.close()
    this.#process = process
    if (protocol < __ENGINE_PROTOCOL__) return this.#lose({ detail: 'the worker is of an older version', blamed: true, fault: 'server_outdated' })
    this.#ways = [way]
    reportWay(way, this.#target)
    for (const id of this.#clients.keys()) this.#introduce(id)
  }

  async #failed(failures: readonly WayFailure[]): Promise<void> {
    const search = this.#search
    const fault = await faultOfSearch({ endpoint: this.#target.endpoint, failures, violations: this.#violations?.all ?? [] })
    if (search !== this.#search) return
    this.#ways = this.#allWays()
    const detail = failures.map(({ way, detail }) => `${way}: ${detail}`).join('; ')
    this.#lose(fault ? { detail, blamed: true, fault } : { detail, blamed: true })
  }

  /** An event of the running worker. */
  #receive(event: FromProcess): void {
    switch (event.type) {
      case 'starting': return
      // A frame that the page takes out of the document and puts back loads again, with another worker.
      case 'ready': return this.#lose({ detail: 'the frame was loaded again', blamed: true })
      case 'forbidden': return this.#forbidden(event.directive)
      case 'dead': return this.#lose({ detail: event.detail, blamed: true }, event.client)
      case 'failed': return this.#lose({ detail: event.detail, blamed: true })
    }
  }

  /** A worker finds out what its policy forbids only when it needs it. A frame has a policy of its own. */
  #forbidden(detail: string): void {
    const hasFrame = this.#allWays().includes('frame') && !this.#ways.includes('frame')
    this.#ways = hasFrame ? ['frame'] : this.#allWays()
    this.#lose(hasFrame ? { detail, blamed: false } : { detail, blamed: true, fault: 'policy_forbids_engine' })
  }

  /** Ends all connections. `culprit` is the client whose call crashed the worker; 0 if nobody knows. */
  #lose(loss: Loss, culprit = 0): void {
    this.#stop()
    if (loss.fault) reportFault(loss.fault, this.#target)
    const clients = [...this.#clients]
    this.#clients.clear()
    for (const [id, { listener, port }] of clients) {
      port.close()
      listener.lost({ ...loss, blamed: loss.blamed && (culprit === 0 || culprit === id) })
    }
  }
}
