/** What the console tells developers, once per page: how the engine is reached, and what to change if it is not. */
import type { FaultCode } from './fault.js'
import { workerScript } from './page-workers.js'
import { policyFor, type EngineTarget, type Way } from './way.js'

const said = new Set<string>()
const scriptOrigin = new URL(workerScript).origin

function sayOnce(level: 'info' | 'warn', text: string): void {
  if (said.has(text)) return
  said.add(text)
  console[level](`media-upload: ${text}`)
}

/** The way that was found, and the policy of a better one. */
export function reportWay(way: Way, { endpoint, choice }: EngineTarget): void {
  const media = new URL(endpoint).origin
  if (way === 'worker') return sayOnce('info', `the engine runs in a worker of this page's origin and uploads to ${media}.`)
  if (way === 'blob') return sayOnce('info', `the engine runs in a worker that imports its script from ${scriptOrigin}, and uploads to ${media}.`)
  const why = choice === 'frame' ? 'as the attribute engine="frame" says' : `because this page's policy forbids the worker. With a worker, unfinished uploads resume in every browser: ${worker(media)}`
  sayOnce('info', `the engine runs in a hidden frame of ${media}, ${why}.`)
}

export function reportFault(code: FaultCode, { endpoint, choice }: EngineTarget): void {
  sayOnce('warn', `${code}: ${remedyFor(code, { endpoint, choice })}`)
}

function remedyFor(code: FaultCode, { endpoint, choice }: EngineTarget): string {
  const media = new URL(endpoint).origin
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
