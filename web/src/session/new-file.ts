/** A file that was just added: its id and what is known of it before its check. */
import type { Purpose } from '../engine/engine.js'
import type { FileDetail } from './upload.js'

/** The engine keeps uploads by id across pages, hence 80 random bits. `crypto.randomUUID` exists in secure contexts only. */
export function newFileID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return 'file-' + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function newFileDetail(id: string, { name, size, type }: File, purposes: readonly Purpose[]): FileDetail {
  return { id, name, size, type, kind: '', purposes, state: 'checking', verdict: null, bytesAccepted: 0 }
}
