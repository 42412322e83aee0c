/**
 * The key of an upload, which the client chooses. It is the same for everyone who uploads the
 * same file for the same use, so that a second creation request returns the first one's upload.
 */
import type { UploadRequest } from '../engine/engine.js'
import type { HashText } from './owner.js'

/** Half of a SHA-256: 128 bits, as many as a random key would have. */
const KEY_DIGITS = 32

export interface KeyParts {
  readonly owner: string
  readonly sha256: string
  readonly request: UploadRequest
  /** Identifies the rules, under which the same file may get another verdict. */
  readonly rules: string
}

export function uploadKey({ owner, sha256, request, rules }: KeyParts, hash: HashText): string {
  const { name, kind, purposes, metadata } = request
  const text = JSON.stringify([owner, sha256, name, [...purposes].sort(), kind, Object.entries(metadata).sort(), rules])
  return hash(text).slice(0, KEY_DIGITS)
}
