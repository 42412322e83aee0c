/**
 * Starts the engine in a hidden frame of the media server, for pages whose policy forbids the worker.
 * The page and the worker talk through ports that the frame passes on; it sees neither files nor tokens.
 */
import type { EngineProcess, ProcessListener } from './engine-process.js'
import { forbidsFrame } from './violations.js'
import type { FrameGreeting, FromProcess } from './worker-protocol.js'

/** How long the frame may take to answer once it is loaded. A frame that refuses this page is "loaded" too. */
const ANSWER_MILLISECONDS = 1500

/** How often the frame is loaded until it answers: a lost request shows the browser's own page in it. */
const MAX_LOADS = 3

export function openFrame(endpoint: string, listener: ProcessListener): EngineProcess {
  const frame = new EngineFrame(endpoint, listener)
  return { connect: (message, port) => frame.port?.postMessage(message, [port]), close: () => frame.close() }
}

class EngineFrame {
  readonly #url: string
  readonly #origin: string
  readonly #listener: ProcessListener
  readonly #element: HTMLIFrameElement
  readonly #observer: MutationObserver
  #timer: ReturnType<typeof setTimeout> | undefined
  #loads = 0
  port: MessagePort | undefined

  constructor(endpoint: string, listener: ProcessListener) {
    this.#url = new URL('widget/engine.html', endpoint).href
    this.#origin = new URL(endpoint).origin
    this.#listener = listener
    this.#element = hiddenFrame(this.#url)
    this.#element.onload = () => this.#greet()
    // The page may remove or move what it does not know; the worker would be gone without a word.
    this.#observer = new MutationObserver(() => {
      if (this.#element.parentNode !== document.documentElement) this.#fail('the page has moved the frame')
    })
    document.addEventListener('securitypolicyviolation', this.#violated)
    // Not in the body, whose content some pages replace as a whole.
    document.documentElement.append(this.#element)
    this.#observer.observe(document.documentElement, { childList: true })
  }

  /** A browser need not report that a blocked frame is loaded. */
  readonly #violated = ({ effectiveDirective: directive, blockedURI: blocked }: SecurityPolicyViolationEvent): void => {
    if (forbidsFrame([{ directive, blocked }], this.#origin)) setTimeout(() => this.#fail('the policy forbids the frame'))
  }

  close(): void {
    clearTimeout(this.#timer)
    document.removeEventListener('securitypolicyviolation', this.#violated)
    this.#observer.disconnect()
    this.#element.onload = null
    this.port?.close()
    this.#element.remove()
  }

  /** The browser delivers the port to a page of the media server only. */
  #greet(): void {
    const { port1, port2 } = new MessageChannel()
    this.port?.close()
    this.port = port1
    port1.onmessage = ({ data }: MessageEvent<FromProcess>) => {
      clearTimeout(this.#timer)
      this.#listener(data)
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#silent(), ANSWER_MILLISECONDS)
    this.#element.contentWindow?.postMessage({ type: 'mediarelay-engine' } satisfies FrameGreeting, this.#origin, [port2])
  }

  #silent(): void {
    if (++this.#loads === MAX_LOADS) return this.#fail('the frame does not answer')
    // Loads the page again.
    this.#element.src = this.#url
  }

  #fail(detail: string): void {
    this.#listener({ type: 'failed', detail })
  }
}

function hiddenFrame(url: string): HTMLIFrameElement {
  const frame = document.createElement('iframe')
  frame.title = 'Mediarelay'
  frame.tabIndex = -1
  frame.setAttribute('aria-hidden', 'true')
  // Its own origin, for its worker and its storage; no pop-ups, no navigation of the page.
  frame.setAttribute('sandbox', 'allow-scripts allow-same-origin')
  frame.referrerPolicy = 'no-referrer'
  // By the object model, which a policy for styles does not forbid.
  frame.style.display = 'none'
  frame.src = url
  return frame
}
