/** What the session needs to know from the element: its attributes, parsed, and its callbacks. */
import { warnPage } from '../engine/page-warning.js'
import { serverOf } from '../engine/server-url.js'
import type { SessionHost } from '../session/session.js'
import type { PlaceParts } from './address.js'
import { placeOf } from './address.js'
import { parseEngine, parseKinds, parsePurposes } from './attribute-values.js'
import type { ElementProperties } from './element-properties.js'
import { pageElements } from './page-elements.js'

export type SessionCallbacks = Pick<SessionHost, 'loadEngine' | 'emit' | 'valueChanged' | 'sentence' | 'unmatched'>

export function sessionHostOf(element: ElementProperties, callbacks: SessionCallbacks): SessionHost {
  return {
    get purposes() { return parsePurposes(element.purpose) },
    get kinds() { return parseKinds(element.kinds) },
    get autoStart() { return element.autoStart },
    get concurrency() { return element.concurrency },
    get engine() { return parseEngine(element.engine) },
    get server() { return serverOf(element.endpoint) },
    get place() { return placeOf(placeParts(element)) },
    get metadata() { return element.metadata },
    warn: (text) => warnPage(text),
    changed: () => element.requestUpdate(),
    ...callbacks,
  }
}

export function placeParts(element: ElementProperties): PlaceParts {
  const { name, restoreKey } = element
  return { name, restoreKey, alone: pageElements.isAlone(element) }
}
