/**
 * What the element's properties accept. Null and undefined mean the default. So does a value of a wrong type, which a page
 * may set by mistake and which must not stop the element; the console says so once.
 */
import { describeValue, warnPage } from '../engine/page-warning.js'
import { defaultConcurrency } from '../session/default-concurrency.js'
import { kindNames, purposeNames, wordsIn } from './attribute-values.js'

interface Rule {
  readonly fallback: unknown
  /** Completes the sentence "… must be". */
  readonly wanted: string
  /** The accepted value; undefined if it has a wrong type. */
  read(value: unknown): unknown
  /** The words that the text may contain, if they are limited. */
  readonly words?: readonly string[]
}

const rules: Readonly<Record<PropertyKey, Rule>> = {
  endpoint: text('a URL such as "https://media.example.com"'),
  purpose: { ...text('a text such as "message,template"'), words: purposeNames },
  kinds: { ...text('a text such as "image video"'), words: kindNames },
  engine: { ...text('"worker" or "frame"'), words: ['worker', 'frame'] },
  name: text('a text'),
  restoreKey: text('a text'),
  lang: text('a language tag such as "de"'),
  multiple: flag(),
  required: flag(),
  disabled: flag(),
  autoStart: flag(),
  maxFiles: count(0, 0),
  concurrency: count(defaultConcurrency, 1),
  getToken: { fallback: undefined, wanted: 'a function', read: (value) => (typeof value === 'function' ? value : undefined) },
  metadata: { fallback: {}, wanted: 'an object of texts, or a function that returns one', read: (value) => (typeof value === 'function' || isRecord(value) ? value : undefined) },
  messages: { fallback: {}, wanted: 'an object', read: (value) => (isRecord(value) ? value : undefined) },
}

/** The value that a property takes. `removed`: its attribute was removed, which is no mistake. */
export function acceptValue(name: PropertyKey, value: unknown, removed: boolean): unknown {
  const rule = rules[name]
  if (rule === undefined) return value
  if (value === undefined || value === null) {
    // Without `getToken` the page has signed out.
    if (!removed && name !== 'getToken') warnPage(`the property ${String(name)} was set to ${String(value)}; its default is used`, 'note')
    return rule.fallback
  }
  const accepted = rule.read(value)
  if (accepted === undefined) {
    warnPage(`the property ${String(name)} must be ${rule.wanted}, not ${describeValue(value, name === 'getToken')}; its default is used`)
    return rule.fallback
  }
  reportWords(String(name), accepted, rule.words)
  return accepted
}

function reportWords(name: string, value: unknown, known: readonly string[] | undefined): void {
  if (known === undefined || typeof value !== 'string') return
  const unknown = wordsIn(value).filter((word) => !known.includes(word))
  if (unknown.length > 0) warnPage(`${name} has the unknown word ${describeValue(unknown[0])}; known are: ${known.join(' ')}`)
}

/** A URL object is accepted too. */
function text(wanted: string): Rule {
  return { fallback: '', wanted, read: (value) => (typeof value === 'string' ? value : value instanceof URL ? value.href : undefined) }
}

/** An empty text is what an attribute without a value has. */
function flag(): Rule {
  return { fallback: false, wanted: 'true or false', read: (value) => (typeof value === 'boolean' ? value : value === '' ? true : undefined) }
}

/** A whole number, or a text that contains one, as attributes do. */
function count(fallback: number, least: number): Rule {
  return {
    fallback,
    wanted: `a whole number from ${least}`,
    read: (value) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
      return typeof number === 'number' && Number.isInteger(number) && number >= least ? number : undefined
    },
  }
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
