// Shared by the pages of other clients: a place to drop files on, and tokens that
// are renewed. Each page implements window.compare, which is described in
// internal/e2e/clients/comparison_client_test.go.

/** Calls back with each file that the user drops. */
export function onDrop(take) {
  const zone = document.querySelector('[part=dropzone]')
  zone.addEventListener('dragover', event => event.preventDefault())
  zone.addEventListener('drop', event => {
    event.preventDefault()
    for (const file of event.dataTransfer.files) take(file)
  })
}

// The tokens of the test, in the order in which a portal would issue them.
let used = 0
const token = () => window.tokens[Math.min(used, window.tokens.length - 1)]

/** Authorization as in both clients' documentation: set before each request, renewed after 401. */
export const authorization = {
  async onBeforeRequest(request) {
    request.setHeader('Authorization', `Bearer ${token()}`)
  },
  async onAfterResponse(_request, response) {
    if (response.getStatus() === 401) used++
  },
}

export const expired = error => error?.originalResponse?.getStatus() === 401

/** The longest delays, in milliseconds, in the documentation of tus-js-client. */
export const retryDelays = [0, 3000, 5000, 10_000, 20_000]
