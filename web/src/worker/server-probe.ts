/**
 * Finds out why requests to the media server fail before it has answered any: whatever only an administrator can
 * change must not look like a lost connection.
 */
import type { FaultCode } from '../engine/fault.js'
import { askServer, fetchPublic, type ServerKind } from '../engine/protocol-file.js'

/** How often in a row the server must seem to be another one if its answers are hidden. */
const HIDDEN_ANSWERS = 3

export class ServerProbe {
  /** The media server, ending in a slash. */
  readonly #endpoint: string
  /** The server has sent this script: it is a media server of the same version. */
  readonly #isOwn: boolean
  #known = false
  #hidden = 0
  #forbidden = false
  #first: Promise<ServerKind> | undefined
  /** The probe that runs. Requests that fail together are one reason to doubt the server. */
  #running: Promise<FaultCode | undefined> | undefined

  constructor(endpoint: string) {
    this.#endpoint = endpoint
    this.#isOwn = new URL(endpoint).origin === new URL(import.meta.url).origin
    self.addEventListener('securitypolicyviolation', this.#noteViolation)
  }

  close(): void {
    self.removeEventListener('securitypolicyviolation', this.#noteViolation)
  }

  readonly #noteViolation = ({ blockedURI, disposition }: SecurityPolicyViolationEvent): void => {
    if (disposition === 'enforce' && blockedURI.startsWith(new URL(this.#endpoint).origin)) this.#forbidden = true
  }

  /** The media server has answered a request. */
  answered(): void {
    this.#known = true
  }

  /** A fault that can be known before the first request: the server is older than this script. Asked once. */
  async faultAhead(): Promise<FaultCode | undefined> {
    if (this.#isOwn) return undefined
    this.#first ??= askServer(this.#endpoint)
    return isOutdated(await this.#first) ? 'server_outdated' : undefined
  }

  /** Why a request has failed; undefined if it may just be the connection. */
  async fault(): Promise<FaultCode | undefined> {
    if (this.#known) return undefined
    this.#running ??= this.#probe().finally(() => { this.#running = undefined })
    return this.#running
  }

  async #probe(): Promise<FaultCode | undefined> {
    const kind = await askServer(this.#endpoint)
    if (this.#forbidden) return 'policy_forbids_engine'
    if (isOutdated(kind)) return 'server_outdated'
    if (kind === 'stranger') return 'wrong_endpoint'
    this.#hidden = kind === 'hidden' && !this.#isOwn ? this.#hidden + 1 : 0
    if (this.#hidden >= HIDDEN_ANSWERS) return 'wrong_endpoint'
    return typeof kind === 'number' ? this.#faultOfRules() : undefined
  }

  /** `/v1/rules` needs no token, but an origin that is allowed; a website with a copy of our files does not have it. */
  async #faultOfRules(): Promise<FaultCode | undefined> {
    const url = new URL('v1/rules', this.#endpoint)
    try {
      const { status } = await fetchPublic(url, 'cors')
      return status === 404 || status === 405 ? 'wrong_endpoint' : undefined
    } catch {
      return fetchPublic(url, 'no-cors').then(() => 'origin_not_allowed', () => undefined)
    }
  }
}

function isOutdated(kind: ServerKind): boolean {
  return typeof kind === 'number' && kind < __ENGINE_PROTOCOL__
}
