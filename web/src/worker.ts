/** The Web Worker: loads the Go module and hands the page's messages to it. */
import { Database } from './database.js'
import { sha256 } from './digest.js'
import type { EngineEvent, KeptUpload } from './engine.js'
import { OwnerKeeper } from './owner.js'
import { TokenKeeper } from './token-keeper.js'
import { UploadJob, type JobFile, type JobSurroundings } from './upload-job.js'
import { IndexedUploadStore, type Kept } from './upload-store.js'
import { Vault } from './vault.js'
import { WasmModule } from './wasm-module.js'
import type { CallAnswers, CallMessage, FromWorker, ToWorker } from './worker-protocol.js'
import { comeAlive, workersAlive } from './workers-alive.js'

const jobs = new Map<string, UploadJob>()
const tokens = new TokenKeeper(reason => emit({ type: 'token-needed', reason }))
const loading = WasmModule.load()
const store = new IndexedUploadStore(new Database())
const vault = new Vault(store, comeAlive(), {
  kept: id => emit({ type: 'kept', id }),
  unkept: (id, reason) => emit({ type: 'unkept', id, reason }),
})
let opened: Promise<JobSurroundings> | undefined

function post(message: FromWorker): void {
  self.postMessage(message)
}

function emit(event: EngineEvent): void {
  post({ type: 'event', event })
}

/** The page replaces this worker; its uploads go on in the next one. */
function died(error: unknown): void {
  post({ type: 'dead', detail: String(error) })
}

async function open(endpoint: string): Promise<JobSurroundings> {
  const module = await loading
  const origin = new URL(endpoint.replace(/\/*$/, '/'), self.location.href).href
  const digest = (text: string): Promise<string> => sha256(module, new Blob([text]))
  const around: JobSurroundings = {
    module, tokens, origin, digest, vault, emit, died,
    ceiling: 0,
    owners: new OwnerKeeper(tokens, digest),
    rules: __WASM_FILE__,
    lowered: bytes => void store.setCeiling(origin, bytes).catch(() => {}),
    located: (id, url) => post({ type: 'located', id, url }),
    hasTwin: job => [...jobs.values()].some(other => other !== job && !other.ended && job.key !== '' && other.key === job.key),
  }
  // Nothing waits for it: an upload reads the same store before it begins.
  void store.ceiling(origin).then(bytes => { around.ceiling ||= bytes }, () => {})
  return around
}

function receive(around: JobSurroundings, message: Exclude<ToWorker, { type: 'open' }>): void {
  switch (message.type) {
    case 'check': case 'restore': case 'supply':
      return void answer(around, message).then(answer => post({ type: 'answer', call: message.call, answer }), died)
    case 'keep': return jobOf(around, message).keep()
    case 'start': {
      const job = jobOf(around, message)
      job.keep()
      return job.start(message.url, message.first)
    }
    case 'token':
      tokens.provide(message.token)
      return void around.owners.current().then(owner => vault.own(owner), died)
    case 'nudge': return nudge()
    case 'forget':
      jobs.get(message.id)?.free()
      jobs.delete(message.id)
      return
    default:
      jobs.get(message.id)?.command(message.type)
  }
}

function jobOf(around: JobSurroundings, file: JobFile): UploadJob {
  const job = jobs.get(file.id) ?? new UploadJob(around, file)
  jobs.set(file.id, job)
  return job
}

async function answer(around: JobSurroundings, message: CallMessage): Promise<CallAnswers[CallMessage['type']]> {
  switch (message.type) {
    case 'check': return around.module.check(message.file, message.request)
    case 'restore': return restore(around, message.place)
    case 'supply': return await jobs.get(message.id)?.supply(message.file) ?? false
  }
}

async function restore(around: JobSurroundings, place: string): Promise<readonly KeptUpload[]> {
  try {
    const kept = await vault.restore({ origin: around.origin, place, alive: workersAlive }, () => around.owners.ask())
    return kept.map(one => takeUp(around, one))
  } catch {
    // A store that cannot be read has nothing for this visit.
    return []
  }
}

function takeUp(around: JobSurroundings, kept: Kept): KeptUpload {
  const { record: { id, size, request, accepted, paused }, copy } = kept
  jobOf(around, { id, size, request, file: undefined }).take(kept)
  return { id, size, request, accepted, paused, file: copy }
}

function nudge(): void {
  for (const job of jobs.values()) job.nudge()
}

// Messages keep their order: each waits for the same promise.
self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'open') opened = open(data.endpoint)
  else opened?.then(around => receive(around, data)).catch(died)
}
self.addEventListener('online', nudge)
loading.catch(died)
