/** The SHA-256 of small files, so that the library can be asked before a byte is sent. */

/**
 * WebCrypto takes a file as one piece of memory, so larger ones are left to the
 * server: 16 MiB covers every image, sticker, video and audio that WhatsApp takes.
 */
const MAX_BYTES = 16 * 1024 * 1024

/** Lower-case hexadecimal; empty where it cannot be had: a large file, an insecure context, a file that went away. */
export async function sha256(file: Blob): Promise<string> {
  if (file.size > MAX_BYTES || !self.isSecureContext) return ''
  try {
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer())
    return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('')
  } catch {
    return ''
  }
}
