/** Reports a mistake of the page to its developer, in the console: each text once, however many elements make the mistake. */

const reported = new Set<string>()

/** `note`: not a mistake, but worth knowing. The text must contain neither a token nor a file's content. */
export function warnPage(text: string, level: 'warn' | 'note' = 'warn'): void {
  if (reported.has(text)) return
  reported.add(text)
  if (level === 'note') console.info(`media-upload: ${text}`)
  else console.warn(`media-upload: ${text}`)
}

/** What a value is, for such a report: its type, and the value itself if it is short and not `secret`. */
export function describeValue(value: unknown, secret = false): string {
  if (secret && typeof value === 'string') return 'a text'
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return value.length > 40 ? 'a text' : JSON.stringify(value)
  if (Array.isArray(value)) return 'an array'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}
