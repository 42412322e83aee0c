/** SHA-256 of files and texts. The browser hashes small files whole; the module hashes the others piece by piece. */
import type { WasmModule } from './wasm-module.js'

/** WebCrypto needs the whole file in memory. 16 MiB covers every image, sticker, video and audio that WhatsApp accepts. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024

/** Bytes in memory at a time if a file is hashed piece by piece. */
const PIECE_BYTES = 1024 * 1024

/** In lower-case hexadecimal. Rejects if the file cannot be read. */
export async function sha256(module: WasmModule, file: Blob): Promise<string> {
  if (file.size > MAX_WHOLE_BYTES || !hasWebCrypto()) return inPieces(module, file)
  return hexadecimal(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
}

/** A value for Upload-Checksum (tus checksum extension); empty if the browser has no WebCrypto. */
export async function checksum(bytes: Blob): Promise<string> {
  if (!hasWebCrypto()) return ''
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer()))
  return `sha256 ${btoa(String.fromCharCode(...digest))}`
}

/** Browsers offer it in secure contexts only. */
function hasWebCrypto(): boolean {
  return self.isSecureContext
}

/** The SHA-256 of a text, synchronously. */
export function textSha256(module: WasmModule, text: string): string {
  const digest = module.newDigest()
  digest.write(new TextEncoder().encode(text))
  return digest.sum()
}

async function inPieces(module: WasmModule, file: Blob): Promise<string> {
  const digest = module.newDigest()
  try {
    for (let at = 0; at < file.size; at += PIECE_BYTES) {
      digest.write(new Uint8Array(await file.slice(at, at + PIECE_BYTES).arrayBuffer()))
    }
  } catch (error) {
    digest.free()
    throw error
  }
  return digest.sum()
}

function hexadecimal(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
}
