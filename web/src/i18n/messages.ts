/**
 * All texts for people, in their language: labels, sentences for reasons and
 * failures, and numbers, sizes and times in the language's own notation.
 */
import type { Fact, Failure, Kind, Reason } from '../engine/engine.js'
import type { Counted, LabelName, Labels } from './labels.js'
import { labels } from './labels.js'
import type { Language } from './languages.js'
import { languageOf } from './languages.js'

/** The catalogue that the server uses too (internal/reason/catalogue). */
export interface Catalogue {
  readonly reasons: Readonly<Record<string, { readonly message: string; readonly detail?: string }>>
  readonly fixes: Readonly<Record<string, string>>
  /** Facts that are words to translate, not proper names; and units. */
  readonly terms: Readonly<Record<string, string>>
}

/** All words of one language. The catalogue is empty until there is a file. */
export interface Words {
  readonly language: Language
  readonly labels: Labels
  readonly catalogue: Catalogue
}

export const english: Words = { language: 'en', labels, catalogue: { reasons: {}, fixes: {}, terms: {} } }

/** A page's own words, set through the element's `messages` property. */
export interface Messages extends Partial<Catalogue> {
  readonly labels?: Partial<Labels>
}

export type Params = Readonly<Record<string, string | number>>

export class Texts {
  readonly locale: string
  readonly #plural: Intl.PluralRules
  readonly #formats = new Map<string, Intl.NumberFormat>()
  readonly #own: Messages
  readonly #words: Words

  /** Numbers and dates follow `tag`, such as "en-GB", if it is of the same language as the words. */
  constructor(tag: string, own: Messages = {}, words: Words = english) {
    this.locale = languageOf(tag) === words.language ? tag : words.language
    this.#plural = new Intl.PluralRules(this.locale)
    this.#own = own
    this.#words = words
  }

  /** In which the words are written: "rtl" for scripts such as Arabic. */
  get direction(): 'ltr' | 'rtl' {
    return rightToLeft.has(new Intl.Locale(this.locale).language) ? 'rtl' : 'ltr'
  }

  label(name: LabelName, params: Params = {}): string {
    const own = this.#own.labels?.[name]
    return fill(this.#form(isLabel(own) ? own : this.#words.labels[name], params['count']), (key) => this.#value(params[key]))
  }

  reason(reason: Pick<Reason, 'code' | 'facts'>): string {
    return this.#sentence(reason.code, reason.facts) ?? this.label('unknownReason')
  }

  /** The longer explanation; empty if the catalogue has none. */
  detail(reason: Pick<Reason, 'code' | 'facts'>): string {
    const entry = this.#entry(reason.code)
    return entry?.detail === undefined ? '' : this.#withFacts(entry.detail, reason.facts)
  }

  fixes(reason: Reason): readonly string[] {
    return reason.fixes
      .map((fix) => text(this.#own.fixes?.[fix]) ?? this.#words.catalogue.fixes[fix])
      .filter((sentence) => sentence !== undefined)
      .map((sentence) => this.#withFacts(sentence, reason.facts))
  }

  /** The catalogue's sentence, else the server's, else a general one: a failure always has a text. */
  failure(failure: Failure): string {
    return this.#sentence(failure.code, failure.facts) ?? (failure.message || this.label('unknownFailure'))
  }

  kind(kind: Kind): string {
    return this.label(kindLabels[kind])
  }

  number(n: number): string {
    return this.#format({}).format(n)
  }

  percent(share: number): string {
    return this.#format({ style: 'percent' }).format(Math.floor(share * 100) / 100)
  }

  /** A rounded size. 1 MB is 1024 KB, as in WhatsApp's limits, where 100 MB are 104,857,600 bytes. */
  bytes(n: number): string {
    const [size, unit] = sizeUnit(n)
    const places = size > 1024 && n / size < 100 ? 1 : 0
    return `${this.#decimal(n / size, places)} ${this.#term(unit)}`
  }

  /** A duration, rounded by less than a quarter: "8 sec", "90 sec", "3 min", "1 hr 5 min". */
  duration(seconds: number): string {
    const whole = Math.max(1, Math.round(seconds))
    if (whole < 60) return this.#unit(whole, 'second')
    if (whole >= 75 && whole < 115) return this.#unit(Math.round(whole / 10) * 10, 'second')
    if (whole < 3600) return this.#unit(Math.round(whole / 60), 'minute')
    const minutes = Math.round((whole % 3600) / 60)
    const hours = this.#unit(Math.floor(whole / 3600), 'hour')
    return minutes === 0 ? hours : `${hours} ${this.#unit(minutes, 'minute')}`
  }

  /** A date; with its time of day if it is within three days. */
  date(at: Date, now: number): string {
    const near = Math.abs(at.getTime() - now) < nearMs
    return new Intl.DateTimeFormat(this.locale, near ? { dateStyle: 'medium', timeStyle: 'short' } : { dateStyle: 'medium' }).format(at)
  }

  /** "in 30 days", "3 hours ago": rounded to the nearest unit. */
  relative(at: Date, now: number): string {
    const seconds = (at.getTime() - now) / 1000
    const [size, unit] = relativeUnits.find(([, , from]) => Math.abs(seconds) >= from) ?? relativeUnits[2]
    return new Intl.RelativeTimeFormat(this.locale).format(Math.round(seconds / size), unit)
  }

  #entry(code: string): Catalogue['reasons'][string] | undefined {
    const own = this.#own.reasons?.[code]
    return typeof own?.message === 'string' ? own : this.#words.catalogue.reasons[code]
  }

  #sentence(code: string, facts: readonly Fact[]): string | undefined {
    const entry = this.#entry(code)
    return entry && this.#withFacts(entry.message, facts)
  }

  /** A proper name is not in the catalogue and stays the same in every language. */
  #term(word: string): string {
    return text(this.#own.terms?.[word]) ?? this.#words.catalogue.terms[word] ?? word
  }

  #withFacts(sentence: string, facts: readonly Fact[]): string {
    return fill(sentence, (key) => this.#fact(facts.find((fact) => fact.name === key)))
  }

  /** The same text as the server writes (internal/reason/catalogue). */
  #fact(fact: Fact | undefined): string | undefined {
    if (fact?.number === undefined) return fact?.text === undefined ? undefined : this.#term(fact.text)
    if (fact.unit === 'bytes') return this.#measure(fact.number, ...sizeUnit(fact.number))
    if (fact.unit === 'milliseconds') return this.#measure(fact.number, ...timeUnit(fact.number))
    return String(fact.number)
  }

  /** Up to two decimals. A fraction is never rounded to a whole number: "5 MB, and 5 MB is the limit" explains nothing. */
  #measure(n: number, size: number, unit: string): string {
    const nearest = Math.round((n * 100) / size)
    const seemsWhole = n % size !== 0 && nearest % 100 === 0
    const hundredths = seemsWhole ? nearest + (nearest * size > n * 100 ? -1 : 1) : nearest
    return `${this.#decimal(hundredths / 100, 2)} ${this.#term(unit)}`
  }

  #decimal(value: number, maximumFractionDigits: number): string {
    return this.#format({ maximumFractionDigits, useGrouping: false }).format(value)
  }

  #form(entry: string | Counted, count: string | number | undefined): string {
    if (typeof entry === 'string') return entry
    return this.#plural.select(Number(count)) === 'one' ? entry.one : entry.other
  }

  #value(value: string | number | undefined): string | undefined {
    return typeof value === 'number' ? this.number(value) : value
  }

  #unit(value: number, unit: string): string {
    return this.#format({ style: 'unit', unit, unitDisplay: 'short' }).format(value)
  }

  /** Creating a format takes a hundred times as long as using it. */
  #format(options: Intl.NumberFormatOptions): Intl.NumberFormat {
    const key = Object.values(options).join()
    const format = this.#formats.get(key) ?? new Intl.NumberFormat(this.locale, options)
    this.#formats.set(key, format)
    return format
  }
}

const kindLabels = {
  image: 'kindImage',
  video: 'kindVideo',
  audio: 'kindAudio',
  document: 'kindDocument',
  sticker: 'kindSticker',
} as const satisfies Record<Kind, LabelName>

/** Languages whose script runs from right to left. */
const rightToLeft = new Set(['ar', 'fa', 'he', 'ur'])

/** A page's own words may be of any type: what is no text is ignored. */
function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function isLabel(value: string | Counted | undefined): value is string | Counted {
  return typeof value === 'string' || (typeof value?.one === 'string' && typeof value.other === 'string')
}

function sizeUnit(n: number): readonly [size: number, name: string] {
  if (n < 1024) return [1, n === 1 ? 'byte' : 'bytes']
  return n < 1024 ** 2 ? [1024, 'KB'] : [1024 ** 2, 'MB']
}

function timeUnit(milliseconds: number): readonly [size: number, name: string] {
  return milliseconds < 1000 ? [1, 'ms'] : [1000, 's']
}

/** Milliseconds: three days. */
const nearMs = 3 * 86_400_000

/** Unit sizes and thresholds in seconds. Above its threshold, a time in the next smaller unit would round up to one of this unit. */
const relativeUnits = [
  [86_400, 'day', 84_600],
  [3_600, 'hour', 3_570],
  [60, 'minute', 0],
] as const

/** Replaces `{key}`. A key without a value stays, so that the mistake is visible. */
function fill(text: string, value: (key: string) => string | undefined): string {
  return text.replace(/\{(\w+)\}/g, (place, key: string) => value(key) ?? place)
}
