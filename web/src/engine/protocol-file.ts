/** The public file by which a media server is known: `export const protocol = 1`, the number of worker-protocol.ts. */
export const PROTOCOL_FILE = 'widget/engine-protocol.js'

/** Undefined if the text is another file's. */
export function readProtocol(text: string): number | undefined {
  const found = /^export const protocol = (\d+)/.exec(text)
  return found?.[1] === undefined ? undefined : Number(found[1])
}
