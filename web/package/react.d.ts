/**
 * Types of `<media-upload>` in the JSX of React 19. React passes properties, and an `on…` prop listens to the
 * event whose name follows: `<media-upload getToken={getToken} onupload-success={(event) => …} />`.
 *
 * Import this file once: `import '@mediarelay/upload/react'`.
 */
import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type { MediaUploadElement, MediaUploadEventMap, MediaUploadProps } from './props.js'

type Listeners = { [N in keyof MediaUploadEventMap as `on${N}`]?: ((event: MediaUploadEventMap[N]) => void) | undefined }

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'media-upload': DetailedHTMLProps<HTMLAttributes<MediaUploadElement>, MediaUploadElement> & MediaUploadProps & Listeners
    }
  }
}
