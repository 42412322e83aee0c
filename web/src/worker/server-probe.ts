/**
 * Finds out why requests to the media server fail before it has answered any: whatever only an administrator can
 * change must not look like a lost connection, nor the other way round.
 */
import type { FaultCode } from '../engine/fault.js'
import { FaultEvidence } from '../engine/fault-evidence.js'
import { askServer, fetchPublic, isHidden, type ServerKind } from '../engine/protocol-file.js'
import { isScriptOf } from '../engine/script-server.js'

export class ServerProbe {
  /** The media server, ending in a slash. */
  readonly #endpoint: string
  /** The server has sent this script: it is a media server of the same version. */
  readonly #isOwn: boolean
  readonly #isForbidden: () => boolean
  readonly #evidence = new FaultEvidence()
  #known = false
  #first: Promise<ServerKind> | undefined
  /** The probe that runs. Requests that fail together are one reason to doubt the server. */
  #running: Promise<FaultCode | undefined> | undefined

  /** `isForbidden`: the worker's policy has blocked a request to the server. */
  constructor(endpoint: string, isForbidden: () => boolean) {
    this.#endpoint = endpoint
    this.#isOwn = isScriptOf(import.meta.url, endpoint)
    this.#isForbidden = isForbidden
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
    const fault = await this.#ask()
    return this.#isForbidden() ? 'policy_forbids_engine' : this.#evidence.add(fault)
  }

  async #ask(): Promise<FaultCode | undefined> {
    const kind = await askServer(this.#endpoint)
    if (isOutdated(kind)) return 'server_outdated'
    if (kind === 'stranger' || kind === 'hidden' && !this.#isOwn) return 'wrong_endpoint'
    return typeof kind === 'number' ? this.#askForRules() : undefined
  }

  /** `/v1/rules` needs no token, but an origin that is allowed; a website with a copy of our files does not have it. */
  async #askForRules(): Promise<FaultCode | undefined> {
    const url = new URL('v1/rules', this.#endpoint)
    try {
      const { status } = await fetchPublic(url, 'cors')
      return status === 404 || status === 405 ? 'wrong_endpoint' : undefined
    } catch (error) {
      return await isHidden(url, error) ? 'origin_not_allowed' : undefined
    }
  }
}

function isOutdated(kind: ServerKind): boolean {
  return typeof kind === 'number' && kind < __ENGINE_PROTOCOL__
}
