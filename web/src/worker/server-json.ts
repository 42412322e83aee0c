/**
 * Parses the server's JSON: problems (RFC 9457), upload states and assets. Everything that does
 * not have the documented form becomes `undefined`.
 */
import type { Asset, Fact, Failure, Kind, Outcome, Purpose, Reason, Verdict } from '../engine/engine.js'
import { isJsonObject, type JsonObject } from '../engine/json-object.js'
import type { ServerState } from './wasm.js'

export interface Problem {
  readonly code: string
  readonly title: string
  readonly facts: readonly Fact[]
  /** A retry would fail again. */
  readonly final: boolean
}

/** `GET /v1/uploads/{id}`. */
export interface UploadStatus {
  readonly state: ServerState
  readonly verdict: Verdict | undefined
  readonly asset: Asset | undefined
  readonly problem: Problem | undefined
}

const STATES: readonly string[] = ['uploading', 'checking', 'relaying', 'done', 'refused', 'failed'] satisfies ServerState[]
const OUTCOMES: readonly string[] = ['accept', 'warn', 'refuse'] satisfies Outcome[]

/** The units of facts by name. The JSON has only names and values. */
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
  if (!isJsonObject(value) || typeof value['code'] !== 'string') return undefined
  return {
    code: value['code'],
    title: plainText(value['title']),
    facts: readFacts(value['facts']),
    final: value['retryable'] === false,
  }
}

export function failureOfProblem({ code, title, facts, final }: Problem): Failure {
  return { code, message: title, retryable: !final, facts }
}

export function readUploadStatus(value: unknown): UploadStatus | undefined {
  if (!isJsonObject(value) || !STATES.includes(text(value['state']))) return undefined
  return {
    state: value['state'] as ServerState,
    verdict: readVerdict(value['verdict']),
    asset: readAsset(value['asset']),
    problem: readProblem(value['problem']),
  }
}

export function readAsset(value: unknown): Asset | undefined {
  if (!isJsonObject(value) || typeof value['id'] !== 'string' || typeof value['sha256'] !== 'string') return undefined
  return value as unknown as Asset
}

/** Whether a list has an asset with an unexpired copy for each purpose. */
export function listsCopies(list: unknown, purposes: readonly Purpose[], now: number): boolean {
  const items = isJsonObject(list) && Array.isArray(list['items']) ? list['items'] : []
  return items.map(readAsset).some(asset => asset !== undefined && hasCopies(asset, purposes, now))
}

function hasCopies(asset: Asset, purposes: readonly Purpose[], now: number): boolean {
  return purposes.every(purpose => purpose === 'message'
    ? isValid(asset.media_id, asset.media_id_expires_at, now)
    : isValid(asset.handle, asset.handle_expires_at, now))
}

function isValid(copy: string | undefined, expiresAt: string | undefined, now: number): boolean {
  return copy !== undefined && copy !== '' && (expiresAt === undefined || Date.parse(expiresAt) > now)
}

function readVerdict(value: unknown): Verdict | undefined {
  if (!isJsonObject(value) || !OUTCOMES.includes(text(value['outcome']))) return undefined
  const reasons: readonly unknown[] = Array.isArray(value['reasons']) ? value['reasons'] : []
  return {
    outcome: value['outcome'] as Outcome,
    kind: text(value['kind']) as Kind | '',
    type: text(value['type']),
    reasons: reasons.filter(isJsonObject).map(readReason),
  }
}

function readReason(value: JsonObject): Reason {
  const fixes: readonly unknown[] = Array.isArray(value['fixes']) ? value['fixes'] : []
  return {
    code: text(value['code']),
    severity: value['severity'] === 'warn' ? 'warn' : 'refuse',
    facts: readFacts(value['facts']),
    fixes: fixes.filter(isJsonObject).map(fix => text(fix['code'])),
  }
}

function readFacts(value: unknown): Fact[] {
  if (!isJsonObject(value)) return []
  const names = Object.keys(value)
  // A limit has the unit of the fact that it limits. Alone it limits a size.
  const limited = names.find(name => name in UNITS) ?? 'size'
  return Object.entries(value).map(([name, fact]) => typeof fact === 'number'
    ? { name, number: fact, unit: UNITS[name === 'limit' ? limited : name] ?? '' }
    : { name, text: text(fact) })
}

/** Empty for markup, which none of our sentences has. */
function plainText(value: unknown): string {
  const found = text(value)
  return /[<>]/.test(found) ? '' : found
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
