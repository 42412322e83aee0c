/**
 * Finds out why requests to the media server fail before it has answered any: whatever only an administrator can
 * change must not look like a lost connection. `/widget/engine-protocol.js` is public, so pages that may not
 * upload can read it too.
 */
import type { FaultCode } from '../engine/fault.js'
import { PROTOCOL_FILE, readProtocol } from '../engine/protocol-file.js'

const TIMEOUT_MILLISECONDS = 5000

/**
 * How often in a row a server must seem to be another one. A load balancer's error page in an outage cannot be
 * told from a stranger's answer, as the browser hides it from a page of another origin.
 */
const STRANGER_PROBES = 3

export class ServerProbe {
  /** The media server, ending in a slash. */
  readonly #endpoint: string
  readonly #isOwn: boolean
  #known = false
  #strange = 0
  #policy = false
  #ahead: Promise<FaultCode | undefined> | undefined

  constructor(endpoint: string) {
    this.#endpoint = endpoint
    // A server that has sent this script is of the same version.
    this.#isOwn = new URL(endpoint).origin === new URL(import.meta.url).origin
    self.addEventListener('securitypolicyviolation', ({ blockedURI, disposition }) => {
      if (disposition === 'enforce' && blockedURI.startsWith(new URL(endpoint).origin)) this.#policy = true
    })
  }

  /** The media server has answered a request. */
  answered(): void {
    this.#known = true
  }

  /** A fault that can be known before the first request: the server is older than this script. Asked once. */
  faultAhead(): Promise<FaultCode | undefined> {
    this.#ahead ??= this.#isOwn ? Promise.resolve(undefined) : this.#protocol().then(protocol =>
      typeof protocol === 'number' && protocol < __ENGINE_PROTOCOL__ ? 'server_outdated' : undefined)
    return this.#ahead
  }

  /** Why a request has failed; undefined if it may just be the connection. */
  async fault(): Promise<FaultCode | undefined> {
    if (this.#known) return undefined
    const protocol = await this.#protocol()
    if (this.#policy) return 'policy_forbids_engine'
    if (protocol === 'stranger') return ++this.#strange < STRANGER_PROBES ? undefined : 'wrong_endpoint'
    this.#strange = 0
    if (protocol === undefined) return undefined
    if (protocol < __ENGINE_PROTOCOL__) return 'server_outdated'
    // `/v1/rules` needs no token, but an origin that is allowed.
    return await this.#reaches('v1/rules', 'cors') || !await this.#reaches('v1/rules', 'no-cors') ? undefined : 'origin_not_allowed'
  }

  /** The protocol of a media server; undefined if nothing certain can be learned now. */
  async #protocol(): Promise<number | 'stranger' | undefined> {
    try {
      const response = await this.#fetch(PROTOCOL_FILE, 'cors')
      const protocol = response.ok ? readProtocol(await response.text()) : undefined
      if (protocol !== undefined) return protocol
      return response.ok || response.status === 404 || response.status === 405 ? 'stranger' : undefined
    } catch {
      return await this.#reaches(PROTOCOL_FILE, 'no-cors') ? 'stranger' : undefined
    }
  }

  async #reaches(path: string, mode: RequestMode): Promise<boolean> {
    return this.#fetch(path, mode).then(() => true, () => false)
  }

  #fetch(path: string, mode: RequestMode): Promise<Response> {
    return fetch(new URL(path, this.#endpoint), { mode, credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) })
  }
}
