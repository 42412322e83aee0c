/** SHA-256 of files and texts: by the browser where it can take them whole, by the module in pieces otherwise. */
import type { WasmModule } from './wasm-module.js'

/** WebCrypto takes a file as one piece of memory. 16 MiB covers every image, sticker, video and audio that WhatsApp takes. */
const MAX_WHOLE_BYTES = 16 * 1024 * 1024

/** Bytes that are in memory at a time where a file comes in pieces. */
const PIECE_BYTES = 1024 * 1024

/** Lower-case hexadecimal. Fails when the file cannot be read. */
export async function sha256(module: WasmModule, file: Blob): Promise<string> {
  if (file.size > MAX_WHOLE_BYTES || !hasWebCrypto()) return inPieces(module, file)
  return hexadecimal(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
}

/** As tus's checksum extension has it; empty where the browser has no WebCrypto. */
export async function checksum(bytes: Blob): Promise<string> {
  if (!hasWebCrypto()) return ''
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await bytes.arrayBuffer()))
  return `sha256 ${btoa(String.fromCharCode(...digest))}`
}

/** Browsers have it in secure contexts alone. */
function hasWebCrypto(): boolean {
  return self.isSecureContext
}

/** Of a text, at once. */
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
