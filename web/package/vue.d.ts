/**
 * Types of `<media-upload>` in the templates of Vue 3: `<media-upload :getToken="getToken" @upload-success="…" />`.
 *
 * Vue sets the property of a foreign element by the name as it is written, so it is `:getToken`, not `:get-token`.
 *
 * Import this file once: `import '@mediarelay/upload/vue'`. Vue must know that the tag is no component of its own:
 * set `compilerOptions.isCustomElement`.
 */
import type { EmitFn, HTMLAttributes, PublicProps } from 'vue'
import type { MediaUploadElement, MediaUploadEventMap, MediaUploadProps } from './props.js'

type Emits = { [N in keyof MediaUploadEventMap]: (event: MediaUploadEventMap[N]) => void }

/** `upload-success` is `onUploadSuccess`. */
type CamelCase<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : S

type Listeners = { [N in keyof MediaUploadEventMap as `on${Capitalize<CamelCase<N>>}`]?: ((event: MediaUploadEventMap[N]) => void) | undefined }

type MediaUploadComponent = new () => MediaUploadElement & {
  $props: PublicProps & Omit<HTMLAttributes, keyof MediaUploadProps> & MediaUploadProps & Listeners
  $emit: EmitFn<Emits>
}

declare module 'vue' {
  interface GlobalComponents {
    'media-upload': MediaUploadComponent
  }
}
