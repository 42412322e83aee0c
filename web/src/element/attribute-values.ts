/** Parses the attributes `purpose` and `kinds`, and derives which types the file dialog offers. */
import type { Kind, Purpose } from '../engine/engine.js'
import type { EngineChoice } from '../engine/way.js'

export const purposeNames: readonly Purpose[] = ['message', 'template', 'profile']
export const kindNames: readonly Kind[] = ['image', 'video', 'audio', 'document', 'sticker']

/** Purposes separated by commas or spaces; without a valid one, `message`, as on the server. */
export function parsePurposes(text: string): readonly Purpose[] {
  const found = purposeNames.filter((purpose) => wordsIn(text).includes(purpose))
  return found.length === 0 ? ['message'] : found
}

/** Kinds separated by spaces or commas; without a valid one, an empty list, which means all. */
export function parseKinds(text: string): readonly Kind[] {
  return kindNames.filter((kind) => wordsIn(text).includes(kind))
}

/** Any other value than `worker` and `frame` means whichever works. */
export function parseEngine(text: string): EngineChoice {
  return text === 'worker' || text === 'frame' ? text : ''
}

/** The `accept` attribute of the file dialog. It is only a hint, since files are judged by their bytes. Documents have too many types to list. */
export function dialogTypes(kinds: readonly Kind[]): string {
  if (kinds.length === 0 || kinds.includes('document')) return ''
  return kinds.map((kind) => (kind === 'sticker' ? 'image/webp' : `${kind}/*`)).join(',')
}

export function wordsIn(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}
