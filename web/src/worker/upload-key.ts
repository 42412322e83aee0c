/**
 * The client's own name for an upload: the same for whoever holds the same file
 * for the same use, so that a second creation answers the first one's upload.
 */
import type { UploadRequest } from '../engine/engine.js'
import type { TextDigest } from './owner.js'

/** Half of a SHA-256: 128 bits, as a random key would have. */
const KEY_DIGITS = 32

export interface UploadIdentity {
  readonly owner: string
  readonly sha256: string
  readonly request: UploadRequest
  /** Names the rules: under others the same file may have another verdict. */
  readonly rules: string
}

export async function uploadKey({ owner, sha256, request, rules }: UploadIdentity, digest: TextDigest): Promise<string> {
  const { name, kind, purposes, metadata } = request
  const text = JSON.stringify([owner, sha256, name, [...purposes].sort(), kind, Object.entries(metadata).sort(), rules])
  return (await digest(text)).slice(0, KEY_DIGITS)
}
