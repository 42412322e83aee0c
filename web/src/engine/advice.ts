/** What the console tells developers, once per page: how the engine is reached, and what to change if something does not work. */
import type { FaultCode } from './fault.js'
import { workerScript } from './page-workers.js'
import { warnPage } from './page-warning.js'
import { policyFor, type EngineTarget, type Way } from './way.js'

const scriptOrigin = new URL(workerScript).origin

/** The way that was found, and the policy of a better one. */
export function reportWay(way: Way, target: EngineTarget): void {
  const purpose = target.checksOnly ? 'checks files there; nothing is uploaded' : `uploads to ${mediaOf(target)}`
  if (way === 'worker') return say(`the engine runs in a worker of this page's origin and ${purpose}.`)
  if (way === 'blob') return say(`the engine runs in a worker that imports its script from ${scriptOrigin}, and ${purpose}.`)
  const why = target.choice === 'frame' ? 'as the attribute engine="frame" says' : `because this page's policy forbids the worker. With a worker, unfinished uploads resume in every browser: ${worker(mediaOf(target))}`
  say(`the engine runs in a hidden frame of ${mediaOf(target)}, ${why}.`)
}

export function reportFault(code: FaultCode, target: EngineTarget): void {
  warn(code, remedyFor(code, target))
}

/** What the set-up of the tokens or of the network may have to do with a failure or a wait; nothing for any other `code`. */
export function reportCause(code: string, target: EngineTarget): void {
  const remedy = causeOf(code, mediaOf(target))
  if (remedy !== '') warn(code, remedy)
}

function causeOf(code: string, media: string): string {
  switch (code) {
    case 'unreachable':
      return `nothing answers at ${media}. Check the attribute endpoint, and that the server runs. The upload retries by itself`
    case 'unknown_channel':
      return `${media} has no channel of the name in the token. Sign the claim channel with a name of the server's channels file`
    case 'unauthorized':
      return `${media} does not accept the token. Compare its secret, aud, exp and the clock of your back end with the server's settings. The response to the request names the reason`
    case 'forbidden_scope':
      return 'the token does not allow the request. Sign the claim scope as "upload assets:read"'
    default:
      return ''
  }
}

function say(text: string): void {
  warnPage(text, 'note')
}

function warn(code: string, remedy: string): void {
  warnPage(`${code}: ${remedy}`)
}

/** The origin that files go to, or that the engine comes from if none are sent. */
function mediaOf({ endpoint, checksOnly }: EngineTarget): string {
  return checksOnly ? scriptOrigin : new URL(endpoint).origin
}

function remedyFor(code: FaultCode, target: EngineTarget): string {
  const media = mediaOf(target)
  const { endpoint, choice } = target
  switch (code) {
    case 'origin_not_allowed':
      return `${media} does not allow this page. Add its origin to the server's setting: MEDIARELAY_ALLOWED_ORIGINS=${location.origin}`
    case 'wrong_endpoint':
      return `${media} is not a Mediarelay server. Set the attribute endpoint to the server's URL, such as https://media.example.com`
    case 'server_outdated':
      return `${media} runs an older version than this script. Update the server, or load the script from it: ${new URL('widget/media-upload.js', endpoint).href}`
    case 'policy_forbids_engine':
      return `this page's Content-Security-Policy forbids the engine. Allow: ${choice === 'frame' ? frame(media) : choice === 'worker' ? worker(media) : `${worker(media)} (or, with less: ${frame(media)})`}`
  }
}

function frame(media: string): string {
  return policyFor('frame', scriptOrigin, media)
}

function worker(media: string): string {
  return policyFor(scriptOrigin === location.origin ? 'worker' : 'blob', scriptOrigin, media)
}
