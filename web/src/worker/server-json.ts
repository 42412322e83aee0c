/**
 * The server's JSON, read with doubt: problems (RFC 9457), upload states and
 * assets become the engine's types, or `undefined` where they are not what
 * DESIGN 4.4 says.
 */
import type { Asset, Fact, Kind, Outcome, Purpose, Reason, Verdict } from '../engine/engine.js'
import type { UploadState } from './wasm.js'

export interface Problem {
  readonly code: string
  readonly title: string
  readonly facts: readonly Fact[]
  /** Says that repeating is of no use. */
  readonly final: boolean
}

/** `GET /v1/uploads/{id}`. */
export interface UploadStatus {
  readonly state: UploadState
  readonly verdict: Verdict | undefined
  readonly asset: Asset | undefined
  readonly problem: Problem | undefined
}

type Json = Readonly<Record<string, unknown>>

const STATES: readonly string[] = ['uploading', 'checking', 'relaying', 'done', 'refused', 'failed'] satisfies UploadState[]
const OUTCOMES: readonly string[] = ['accept', 'warn', 'refuse'] satisfies Outcome[]

/** How a fact's number is written. On the wire a fact has a name and a value alone. */
const UNITS: Readonly<Record<string, string>> = {
  size: 'bytes', offset: 'bytes', duration: 'milliseconds', width: 'pixels', height: 'pixels',
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function readProblem(value: unknown): Problem | undefined {
  if (!isObject(value) || typeof value['code'] !== 'string') return undefined
  return {
    code: value['code'],
    title: text(value['title']),
    facts: readFacts(value['facts']),
    final: value['retryable'] === false,
  }
}

export function readUploadStatus(value: unknown): UploadStatus | undefined {
  if (!isObject(value) || !STATES.includes(text(value['state']))) return undefined
  return {
    state: value['state'] as UploadState,
    verdict: readVerdict(value['verdict']),
    asset: readAsset(value['asset']),
    problem: readProblem(value['problem']),
  }
}

export function readAsset(value: unknown): Asset | undefined {
  if (!isObject(value) || typeof value['id'] !== 'string' || typeof value['sha256'] !== 'string') return undefined
  return value as unknown as Asset
}

/** The asset of a list that holds, at this time, every copy that the purposes need. */
export function findCopies(list: unknown, purposes: readonly Purpose[], now: number): Asset | undefined {
  const items = isObject(list) && Array.isArray(list['items']) ? list['items'] : []
  return items.map(readAsset).find(asset => asset !== undefined && holdsCopies(asset, purposes, now))
}

function holdsCopies(asset: Asset, purposes: readonly Purpose[], now: number): boolean {
  return purposes.every(purpose => purpose === 'message'
    ? holds(asset.media_id, asset.media_id_expires_at, now)
    : holds(asset.handle, asset.handle_expires_at, now))
}

function holds(copy: string | undefined, expiresAt: string | undefined, now: number): boolean {
  return copy !== undefined && copy !== '' && (expiresAt === undefined || Date.parse(expiresAt) > now)
}

function readVerdict(value: unknown): Verdict | undefined {
  if (!isObject(value) || !OUTCOMES.includes(text(value['outcome']))) return undefined
  const reasons: readonly unknown[] = Array.isArray(value['reasons']) ? value['reasons'] : []
  return {
    outcome: value['outcome'] as Outcome,
    kind: text(value['kind']) as Kind | '',
    type: text(value['type']),
    reasons: reasons.filter(isObject).map(readReason),
  }
}

function readReason(value: Json): Reason {
  const fixes: readonly unknown[] = Array.isArray(value['fixes']) ? value['fixes'] : []
  return {
    code: text(value['code']),
    severity: value['severity'] === 'warn' ? 'warn' : 'refuse',
    facts: readFacts(value['facts']),
    fixes: fixes.filter(isObject).map(fix => text(fix['code'])),
  }
}

function readFacts(value: unknown): Fact[] {
  if (!isObject(value)) return []
  const names = Object.keys(value)
  // A limit has the unit of what it limits; alone it is one of size.
  const limited = names.find(name => name in UNITS) ?? 'size'
  return Object.entries(value).map(([name, fact]) => typeof fact === 'number'
    ? { name, number: fact, unit: UNITS[name === 'limit' ? limited : name] ?? '' }
    : { name, text: text(fact) })
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
