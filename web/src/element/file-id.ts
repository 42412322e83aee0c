/** Makes the id of a file. The engine keeps uploads by it across pages, hence 80 random bits; `crypto.randomUUID` exists in secure contexts only. */
export function newFileID(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return 'file-' + Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
