/** What the session needs to know from the element: its attributes, parsed, and its callbacks. */
import type { SessionHost } from '../session/session.js'
import { originOf, placeOf } from './address.js'
import { parseEngine, parseKinds, parsePurposes } from './attribute-values.js'
import type { ElementProperties } from './element-properties.js'

export type SessionCallbacks = Pick<SessionHost, 'loadEngine' | 'emit' | 'valueChanged' | 'sentence' | 'unmatched'>

export function sessionHostOf(element: ElementProperties, callbacks: SessionCallbacks): SessionHost {
  return {
    get purposes() { return parsePurposes(element.purpose) },
    get kinds() { return parseKinds(element.kinds) },
    get autoStart() { return element.autoStart },
    get concurrency() { return element.concurrency },
    get engine() { return parseEngine(element.engine) },
    get origin() { return originOf(element.endpoint) },
    get place() { return placeOf(element.name) },
    metadataOf: (file) => (typeof element.metadata === 'function' ? element.metadata(file) : element.metadata),
    changed: () => element.requestUpdate(),
    ...callbacks,
  }
}
