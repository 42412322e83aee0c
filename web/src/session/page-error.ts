/** A mistake of the page that keeps a file from being uploaded. The catalogue has a sentence for its code. */
export class PageError extends Error {
  override readonly name = 'PageError'

  constructor(readonly code: 'endpoint_invalid' | 'page_error', message: string, options?: ErrorOptions) {
    super(message, options)
  }
}
