/** The words that attributes are made of: purposes and kinds, and what a file dialog is told of them. */
import type { Kind, Purpose } from '../engine/engine.js'

const purposes: readonly Purpose[] = ['message', 'template', 'profile']
const kinds: readonly Kind[] = ['image', 'video', 'audio', 'document', 'sticker']

/** Purposes separated by commas or spaces; none is `message`, as on the server. */
export function parsePurposes(text: string): readonly Purpose[] {
  const found = purposes.filter((purpose) => words(text).includes(purpose))
  return found.length === 0 ? ['message'] : found
}

/** Kinds separated by spaces or commas; none is all. */
export function parseKinds(text: string): readonly Kind[] {
  return kinds.filter((kind) => words(text).includes(kind))
}

/** A hint for the file dialog alone: which file is taken is decided from its bytes. Documents have too many types to name. */
export function dialogTypes(kinds: readonly Kind[]): string {
  if (kinds.length === 0 || kinds.includes('document')) return ''
  return kinds.map((kind) => (kind === 'sticker' ? 'image/webp' : `${kind}/*`)).join(',')
}

function words(text: string): readonly string[] {
  return text.split(/[\s,]+/)
}
