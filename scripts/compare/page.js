// What the pages of other clients share: a place to drop files on, and tokens that
// are renewed. Each page answers for itself by window.compare, in the words of
// internal/e2e/clients/comparison_client_test.go.

/** Calls back with each file that a person drops. */
export function onDrop(take) {
  const zone = document.querySelector('[part=dropzone]')
  zone.addEventListener('dragover', event => event.preventDefault())
  zone.addEventListener('drop', event => {
    event.preventDefault()
    for (const file of event.dataTransfer.files) take(file)
  })
}

// The test gives the tokens in the order in which the portal would hand them out.
let used = 0
const token = () => window.tokens[Math.min(used, window.tokens.length - 1)]

/** Authorization as both clients' documentation shows it: set before each request, renewed at 401. */
export const authorization = {
  async onBeforeRequest(request) {
    request.setHeader('Authorization', `Bearer ${token()}`)
  },
  async onAfterResponse(_request, response) {
    if (response.getStatus() === 401) used++
  },
}

export const expired = error => error?.originalResponse?.getStatus() === 401

/** The longest delays in milliseconds that the documentation of tus-js-client names. */
export const retryDelays = [0, 3000, 5000, 10_000, 20_000]
