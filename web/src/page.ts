/**
 * The upload page around `<media-upload>`: the choice of what files are for, the
 * token from the link, and a friendly way on when that link has expired.
 */
import { carriesFiles, filesOf } from './file-drop.js'
import type { MediaUploadElement } from './media-upload-element.js'
import type { TokenFacts } from './session-token.js'
import { TokenHolder, factsOf, takeFromAddress, tokenIn } from './session-token.js'
import type { GetToken } from './token.js'

/** Milliseconds between two looks at the clock for the line about the link's end. */
const clockMs = 30_000

const holder = new TokenHolder()
const uploader = find<MediaUploadElement>('uploader')
const panel = find('sign-in')
const form = find<HTMLFormElement>('sign-in-form')
const link = find<HTMLInputElement>('sign-in-link')
const linkError = find('sign-in-error')
const sessionLine = find('session')
const purposes = find('purposes')

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
  if (facts?.expiresAt !== undefined && facts.expiresAt <= Date.now()) return signOut('expired')
  panel.hidden = true
  link.value = linkError.textContent = ''
  holder.set(token)
  showSession(facts)
}

function signOut(why: 'missing' | 'expired'): void {
  sessionLine.hidden = true
  find('sign-in-title').textContent = why === 'expired' ? 'Your link has expired' : 'You need a fresh link'
  find('sign-in-text').textContent =
    why === 'expired'
      ? 'Links are valid for a limited time. Nothing is lost: with a new one, your uploads go on where they stopped.'
      : 'This page opens with a personal link that is valid for a limited time.'
  panel.hidden = false
}

let shown: TokenFacts | undefined

function showSession(facts: TokenFacts | undefined): void {
  shown = facts
  sessionLine.hidden = facts === undefined
  if (facts === undefined) return
  const minutes = facts.expiresAt === undefined ? undefined : Math.round((facts.expiresAt - Date.now()) / 60_000)
  const channel = document.createElement('strong')
  channel.textContent = facts.channel
  sessionLine.replaceChildren(channel, minutes === undefined ? '' : ` link valid for ${span(minutes)}`)
}

function span(minutes: number): string {
  const [value, unit] = minutes < 120 ? [Math.max(1, minutes), 'minute'] : minutes < 2880 ? [Math.round(minutes / 60), 'hour'] : [Math.round(minutes / 1440), 'day']
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format(value)
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
    linkError.textContent = 'There is no token in this text. Copy the whole link, from http to its end.'
    return link.focus()
  }
  signIn(token)
  if (panel.hidden) uploader.focus()
  else linkError.textContent = 'This link has expired too. Ask for a new one.'
}

/** At least one purpose stays chosen: a file that is for nothing gives nothing back. */
function choosePurposes(event: Event): void {
  const boxes = [...purposes.querySelectorAll<HTMLInputElement>('input')]
  const chosen = boxes.filter((box) => box.checked)
  if (chosen.length === 0 && event.target instanceof HTMLInputElement) event.target.checked = true
  else uploader.purpose = chosen.map((box) => box.value).join(',')
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

uploader.getToken = getToken
form.addEventListener('submit', pasteLink)
purposes.addEventListener('change', choosePurposes)
window.addEventListener('hashchange', readAddress)
document.addEventListener('dragover', (event) => void dropAnywhere(event))
document.addEventListener('drop', (event) => void dropAnywhere(event))
document.addEventListener('paste', (event) => void pasteAnywhere(event))
setInterval(() => showSession(shown), clockMs)
readAddress()
