/**
 * The upload page around `<media-upload>`: the language, the choice of purposes, the
 * token from the link and whose it is, and a panel that asks for a new link when that one
 * has expired.
 */
import type { MediaUploadElement } from '../element/media-upload-element.js'
import { filesIn, hasFiles, pastesFiles } from '../element/transferred-files.js'
import type { TokenReason } from '../engine/token-reason.js'
import type { GetToken } from '../session/token-provider.js'
import { PageLanguage } from './page-language.js'
import type { TokenInfo } from './page-token.js'
import { PageToken, findToken, isSameSignIn, takeTokenFromAddress, tokenInfoOf } from './page-token.js'
import { PurposeChoice } from './purpose-choice.js'
import { ServerClock } from './server-clock.js'
import { SignInRecord } from './sign-in-record.js'
import { SwitchQuestion } from './switch-question.js'

/** Milliseconds between two updates of the line that says for how long the link is valid. */
const refreshMs = 30_000

/** Why the panel asks for a link. `declined`: the person did not want to use somebody else's. */
type SignOutReason = TokenReason | 'declined'

const pageToken = new PageToken()
const record = new SignInRecord()
const clock = new ServerClock()
const uploader = find<MediaUploadElement>('uploader')
const panel = find('sign-in')
const form = find<HTMLFormElement>('sign-in-form')
const linkField = find<HTMLInputElement>('sign-in-link')
const linkError = find('sign-in-error')
const sessionLine = find('session')

/** The keys of the panel's titles; with `Why`, those of the texts below them. */
const panelKeys: Readonly<Record<SignOutReason, string>> = { missing: 'linkNeeded', expired: 'linkExpired', declined: 'linkDeclined' }

/** The token whose channel and person the page shows. */
let shownToken: TokenInfo | undefined

/** Who is signed in, or was until the link expired: their uploads may still be running. */
let signedIn: TokenInfo | undefined

/** The link that was opened last. It may still have to be compared with the record. */
let newestLink = ''

/** Undefined while the panel is closed. */
let signOutReason: SignOutReason | undefined

/** The key of the error under the panel's field; empty for none. */
let linkErrorKey = ''

const question = new SwitchQuestion({
  dialog: find<HTMLDialogElement>('switch'),
  current: find('switch-from'),
  next: find('switch-to'),
  why: find('switch-why'),
  keepButton: find('switch-keep'),
  switchButton: find('switch-accept'),
}, nameSentence)

const language = new PageLanguage(find<HTMLSelectElement>('language'), () => translate())

function find<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id)
  if (element === null) throw new Error(`page: internal error: #${id} is missing`)
  return element as E
}

const getToken: GetToken = ({ reason, signal }) => {
  if (reason === 'expired') pageToken.reject()
  if (pageToken.current === undefined) signOut(reason)
  return pageToken.next(signal)
}

async function signIn(token: string): Promise<void> {
  newestLink = token
  const info = tokenInfoOf(token)
  if (info === undefined) return signOut('missing')
  if (hasExpired(info)) await clock.ready
  if (token !== newestLink) return
  if (hasExpired(info)) return signOut('expired')
  // Before the first sign-in of this document, the tab may remember one of an earlier document.
  const other = signedIn === undefined ? (await record.compare(info, clock)) === 'other' : !isSameSignIn(signedIn, info)
  if (token !== newestLink) return
  if (other) question.ask({ current: signedIn, next: info, onSwitch: () => use(token, info), onKeep: decline })
  else use(token, info)
}

/** The token of the sign-in that the tab remembers is gone, so the person must open their link again. */
function decline(): void {
  if (signedIn === undefined) signOut('declined')
}

function hasExpired({ expiresAt }: TokenInfo): boolean {
  return expiresAt !== undefined && expiresAt <= clock.now()
}

function use(token: string, info: TokenInfo): void {
  signedIn = info
  void record.write(info)
  if (token !== pageToken.current) clearToken()
  panel.hidden = true
  signOutReason = undefined
  linkField.value = ''
  showLinkError('')
  pageToken.set(token)
  showSession(info)
}

/** Discards the token and opens the panel. A reason that says more than `missing` stays until a valid link comes. */
function signOut(reason: SignOutReason): void {
  clearToken()
  showSession(undefined)
  if (signOutReason === undefined || reason !== 'missing') signOutReason = reason
  showSignOutReason()
  panel.hidden = false
}

/** Without `getToken` the element discards its token; with it again, it requests a new one for running uploads. */
function clearToken(): void {
  if (pageToken.current === undefined) return
  pageToken.clear()
  uploader.getToken = undefined
  void uploader.updateComplete.then(() => (uploader.getToken = getToken))
}

function showSignOutReason(): void {
  if (signOutReason === undefined) return
  const key = panelKeys[signOutReason]
  find('sign-in-title').textContent = language.text(key)
  find('sign-in-text').textContent = language.text(`${key}Why`)
}

function showLinkError(key: string): void {
  linkErrorKey = key
  linkError.textContent = key === '' ? '' : language.text(key)
}

/** Shows again, in the new language, what this script has shown. */
function translate(): void {
  showSignOutReason()
  showLinkError(linkErrorKey)
  showSession(shownToken)
  question.translate()
}

/** A sentence in which the names of the channel and the person stand out. */
function nameSentence(key: string, info: TokenInfo | undefined): readonly Node[] {
  const names: Readonly<Record<string, string>> = info === undefined ? {} : { '{channel}': info.channel, '{subject}': info.subject }
  return language.text(key).split(/(\{\w+\})/).map((part) => {
    const name = names[part]
    if (name === undefined) return new Text(part)
    const node = document.createElement('strong')
    node.dir = 'auto' // a name must not change the order of the words around it
    node.textContent = name
    return node
  })
}

function showSession(info: TokenInfo | undefined): void {
  shownToken = info
  sessionLine.hidden = info === undefined
  if (info === undefined) return
  const minutes = info.expiresAt === undefined ? undefined : Math.round((info.expiresAt - clock.now()) / 60_000)
  const validity = document.createElement('span')
  validity.textContent = minutes === undefined ? '' : language.text('linkValid', { time: duration(minutes) })
  const whose = document.createElement('span')
  whose.append(...nameSentence('signedIn', info))
  sessionLine.replaceChildren(whose, ' ', validity)
}

function duration(minutes: number): string {
  const [value, unit] = minutes < 120 ? [Math.max(1, minutes), 'minute'] : minutes < 2880 ? [Math.round(minutes / 60), 'hour'] : [Math.round(minutes / 1440), 'day']
  return new Intl.NumberFormat(language.tag, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}

function readAddress(): void {
  const token = takeTokenFromAddress()
  if (token !== undefined) void signIn(token)
  else if (pageToken.current === undefined) signOut('missing')
}

async function submitLink(event: SubmitEvent): Promise<void> {
  event.preventDefault()
  const token = findToken(linkField.value)
  linkField.value = ''
  if (token === undefined) {
    showLinkError('linkWithoutToken')
    return linkField.focus()
  }
  await signIn(token)
  if (question.isOpen) return
  if (panel.hidden) uploader.focus()
  else showLinkError(tokenInfoOf(token) === undefined ? 'linkWithoutToken' : 'linkExpiredToo')
}

/** Files dropped outside the element are added too: by default the browser would open them instead of the page. */
async function dropAnywhere(event: DragEvent): Promise<void> {
  if (event.defaultPrevented || !hasFiles(event.dataTransfer)) return
  event.preventDefault()
  if (event.type === 'drop' && !question.isOpen) uploader.addFiles(await filesIn(event.dataTransfer))
}

async function pasteAnywhere(event: ClipboardEvent): Promise<void> {
  if (question.isOpen || !pastesFiles(event)) return
  event.preventDefault()
  uploader.addFiles(await filesIn(event.clipboardData))
}

language.followBrowser()
uploader.getToken = getToken
form.addEventListener('submit', (event) => void submitLink(event))
new PurposeChoice({ uploader, boxes: [...find('purposes').querySelectorAll('input')], offer: find('offer'), accept: find('offer-accept') })
window.addEventListener('hashchange', readAddress)
document.addEventListener('dragover', (event) => void dropAnywhere(event))
document.addEventListener('drop', (event) => void dropAnywhere(event))
document.addEventListener('paste', (event) => void pasteAnywhere(event))
setInterval(() => showSession(shownToken), refreshMs)
void clock.ready.then(() => showSession(shownToken))
readAddress()
