/** What the page's policy has forbidden while the engine was started. A worker or frame itself fails without a reason. */
import { isOfOrigin } from './url-origin.js'

export interface Violation {
  /** The directive that applies, such as "worker-src". */
  readonly directive: string
  /** What was blocked: an origin or URL, or the scheme of one. */
  readonly blocked: string
}

export class ViolationLog {
  readonly #violations: Violation[] = []

  constructor() {
    document.addEventListener('securitypolicyviolation', this.#note)
  }

  get all(): readonly Violation[] {
    return this.#violations
  }

  close(): void {
    document.removeEventListener('securitypolicyviolation', this.#note)
  }

  readonly #note = ({ effectiveDirective, blockedURI, disposition }: SecurityPolicyViolationEvent): void => {
    if (disposition === 'enforce') this.#violations.push({ directive: effectiveDirective, blocked: blockedURI })
  }
}

/** Whether the policy has forbidden the frame of a media server. */
export function forbidsFrame(violations: readonly Violation[], mediaOrigin: string): boolean {
  return violations.some(({ directive, blocked }) => /^(frame|child|default)-src/.test(directive) && isOfOrigin(blocked, mediaOrigin))
}

/** Whether the policy has forbidden a worker or what it consists of. */
export function forbidsWorker(violations: readonly Violation[]): boolean {
  return violations.some(({ directive }) => /^(worker-src|script-src|child-src|connect-src|trusted-types|default-src)/.test(directive))
}
