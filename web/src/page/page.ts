/**
 * The upload page around `<media-upload>`: the language, the choice of what files are for, the
 * token from the link, and a friendly way on when that link has expired.
 */
import { carriesFiles, filesOf } from '../element/file-drop.js'
import type { MediaUploadElement } from '../element/media-upload-element.js'
import { PageLanguage } from './page-language.js'
import { PurposeChoice } from './purpose-choice.js'
import type { TokenFacts } from './page-token.js'
import { TokenHolder, factsOf, takeFromAddress, tokenIn } from './page-token.js'
import type { GetToken } from '../session/token-provider.js'

/** Milliseconds between two looks at the clock for the line about the link's end. */
const clockMs = 30_000

const holder = new TokenHolder()
const uploader = find<MediaUploadElement>('uploader')
const panel = find('sign-in')
const form = find<HTMLFormElement>('sign-in-form')
const link = find<HTMLInputElement>('sign-in-link')
const linkError = find('sign-in-error')
const sessionLine = find('session')

/** Whose channel the page shows. */
let shown: TokenFacts | undefined

/** Why the panel is open; undefined while it is not. */
let signedOut: 'missing' | 'expired' | undefined

/** The key of what stands under the panel's field; empty for nothing. */
let linkErrorKey = ''

const language = new PageLanguage(find<HTMLSelectElement>('language'), () => retell())

function find<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`page: internal error: #${id} is missing`)
  return element as E
}

const getToken: GetToken = ({ reason, signal }) => {
  if (reason === 'expired') holder.refuse()
  if (holder.current === undefined) signOut(reason)
  return holder.next(signal)
}

function signIn(token: string): void {
  const facts = factsOf(token)
  if (facts === undefined) return signOut('missing')
  if (facts.expiresAt !== undefined && facts.expiresAt <= Date.now()) return signOut('expired')
  if (token !== holder.current) forgetToken()
  panel.hidden = true
  signedOut = undefined
  link.value = ''
  tellLinkError('')
  holder.set(token)
  showSession(facts)
}

/** What a new link replaces is used no more. That a link has expired stays said until a good one comes. */
function signOut(why: 'missing' | 'expired'): void {
  forgetToken()
  showSession(undefined)
  signedOut = signedOut === 'expired' ? signedOut : why
  tellSignOut()
  panel.hidden = false
}

/** The element gives its token up with `getToken`, and asks anew for what still runs. */
function forgetToken(): void {
  if (holder.current === undefined) return
  holder.forget()
  uploader.getToken = undefined
  void uploader.updateComplete.then(() => (uploader.getToken = getToken))
}

function tellSignOut(): void {
  if (signedOut === undefined) return
  const key = signedOut === 'expired' ? 'linkExpired' : 'linkNeeded'
  find('sign-in-title').textContent = language.phrase(key)
  find('sign-in-text').textContent = language.phrase(`${key}Why`)
}

function tellLinkError(key: string): void {
  linkErrorKey = key
  linkError.textContent = key === '' ? '' : language.phrase(key)
}

/** Says again what a script has said, in the language that is spoken now. */
function retell(): void {
  tellSignOut()
  tellLinkError(linkErrorKey)
  showSession(shown)
}

function showSession(facts: TokenFacts | undefined): void {
  shown = facts
  sessionLine.hidden = facts === undefined
  if (facts === undefined) return
  const minutes = facts.expiresAt === undefined ? undefined : Math.round((facts.expiresAt - Date.now()) / 60_000)
  const channel = document.createElement('strong')
  channel.textContent = facts.channel
  sessionLine.replaceChildren(channel, minutes === undefined ? '' : ` ${language.phrase('linkValid', { time: span(minutes) })}`)
}

function span(minutes: number): string {
  const [value, unit] = minutes < 120 ? [Math.max(1, minutes), 'minute'] : minutes < 2880 ? [Math.round(minutes / 60), 'hour'] : [Math.round(minutes / 1440), 'day']
  return new Intl.NumberFormat(language.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}

function readAddress(): void {
  const token = takeFromAddress()
  if (token !== undefined) signIn(token)
  else if (holder.current === undefined) signOut('missing')
}

function pasteLink(event: SubmitEvent): void {
  event.preventDefault()
  const token = tokenIn(link.value)
  link.value = ''
  if (token === undefined) {
    tellLinkError('linkWithoutToken')
    return link.focus()
  }
  signIn(token)
  if (panel.hidden) uploader.focus()
  else tellLinkError(factsOf(token) === undefined ? 'linkWithoutToken' : 'linkExpiredToo')
}

/** A file that misses the element must not replace the page. */
async function dropAnywhere(event: DragEvent): Promise<void> {
  if (event.defaultPrevented || !carriesFiles(event.dataTransfer)) return
  event.preventDefault()
  if (event.type === 'drop') uploader.addFiles(await filesOf(event.dataTransfer))
}

async function pasteAnywhere(event: ClipboardEvent): Promise<void> {
  if (event.defaultPrevented || !carriesFiles(event.clipboardData)) return
  event.preventDefault()
  uploader.addFiles(await filesOf(event.clipboardData))
}

language.follow()
uploader.getToken = getToken
form.addEventListener('submit', pasteLink)
new PurposeChoice({ uploader, boxes: [...find('purposes').querySelectorAll('input')], offer: find('offer'), accept: find('offer-accept') })
window.addEventListener('hashchange', readAddress)
document.addEventListener('dragover', (event) => void dropAnywhere(event))
document.addEventListener('drop', (event) => void dropAnywhere(event))
document.addEventListener('paste', (event) => void pasteAnywhere(event))
setInterval(() => showSession(shown), clockMs)
readAddress()
