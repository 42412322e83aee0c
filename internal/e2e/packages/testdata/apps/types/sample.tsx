// Compiled, not run: what a portal in TypeScript writes, and mistakes that must not compile.
import { useRef } from 'react'
import { MediaUploadElement, type Asset, type FileDetail, type GetToken } from '@mediarelay/upload'
import { MediaUploadElement as ClassAlone } from '@mediarelay/upload/element'
import { createUploader, type Result } from '@mediarelay/upload/headless'
import { check, sentences, type Verdict } from '@mediarelay/upload/check'
import '@mediarelay/upload/react'

const element = document.querySelector('media-upload')!
const isElement: MediaUploadElement = element
const isHTML: HTMLElement = element
const created: MediaUploadElement = document.createElement('media-upload')

element.addEventListener('upload-success', (event) => {
  const asset: Asset = event.detail.asset
  const mediaID: string | undefined = asset.media_id
  const file: FileDetail = event.detail.file
  event.preventDefault()
  return [mediaID, file.name]
})
element.addEventListener('upload-error', ({ detail: { error } }) => error.code.toUpperCase() + error.retryable)
element.addEventListener('upload-progress', ({ detail }) => detail.bytesShown / detail.bytesTotal)
element.addEventListener('click', (event) => event.clientX)
element.addEventListener('anything', (event) => event.type)
// @ts-expect-error an error has a code and no asset
element.addEventListener('upload-error', ({ detail }) => detail.asset)

const getToken: GetToken = async ({ reason, signal }) => (await fetch(`/token?${reason}`, { signal })).text()
element.getToken = getToken
element.getToken = undefined
element.maxFiles = 3
const ids: readonly string[] = element.addFiles([new File([], 'a.jpg')])
element.start(ids[0])
// @ts-expect-error files is read only
element.files = []
// @ts-expect-error Lit's methods are not promised
element.requestUpdate()

customElements.define('acme-upload', class extends ClassAlone {})

const uploader = createUploader({ purposes: ['message', 'template'], kinds: ['image'], getToken })
uploader.addEventListener('upload-success', ({ detail }) => detail.asset.media_id)
uploader.addEventListener('change', (event) => event.type)
const results: readonly Result[] = uploader.results()
// @ts-expect-error there is no such purpose
createUploader({ purposes: ['marketing'] })

const verdict: Verdict = await check(new Blob(), { purposes: ['message'], kind: 'sticker' })
const fixes: readonly string[] = (await sentences(verdict, 'de')).flatMap((reason) => reason.fixes)

export function Portal() {
  const ref = useRef<MediaUploadElement>(null)
  return (
    <media-upload
      ref={ref} endpoint="https://media.example.com" purpose="message" multiple autoStart maxFiles={5} className="wide"
      getToken={getToken} metadata={{ campaign: 'spring' }}
      onupload-success={({ detail }) => detail.asset.media_id}
      onupload-error={({ detail }) => detail.error.code}
    />
  )
}

export function Mistakes() {
  return (
    <>
      {/* @ts-expect-error a number is no callback */}
      <media-upload getToken={5} />
      {/* @ts-expect-error an error has no asset */}
      <media-upload onupload-error={({ detail }) => detail.asset} />
    </>
  )
}

export { created, fixes, isElement, isHTML, results }
