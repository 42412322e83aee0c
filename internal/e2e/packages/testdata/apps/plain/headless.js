// A portal that draws its own list, with the package's files as they are.
import { createUploader } from './dist/headless.js'

const uploader = createUploader({
  endpoint: new URLSearchParams(location.search).get('endpoint'),
  purposes: ['message'],
  restoreKey: 'portal',
  getToken: async () => (await fetch('/token', { method: 'POST' })).text(),
})
const list = document.querySelector('ul')
window.heard = []
for (const name of ['file-added', 'file-checked', 'file-refused', 'upload-start', 'upload-pause', 'upload-resume', 'upload-success', 'upload-error', 'restored', 'complete']) {
  uploader.addEventListener(name, ({ detail }) => window.heard.push({ name, file: detail.file?.name ?? '', code: detail.error?.code ?? '', message: detail.error?.message ?? '' }))
}
uploader.addEventListener('change', () => {
  list.replaceChildren(...uploader.files.map(({ name, state, id }) => Object.assign(document.createElement('li'), { id, textContent: `${name}: ${state}` })))
})
document.querySelector('input').addEventListener('change', ({ target }) => uploader.add(target.files))
window.uploader = uploader
