// A portal in Vue 3 with render functions, which need no compiler.
import { createApp, h, ref } from 'vue'
import '@mediarelay/upload'

const endpoint = new URLSearchParams(location.search).get('endpoint')
const ids = ref([])
const share = ref(0)
window.asked = 0

async function getToken() {
  window.asked++
  return (await fetch('/token', { method: 'POST' })).text()
}

createApp({
  render: () => [
    h('media-upload', {
      endpoint, purpose: 'message', name: 'media', multiple: true, autoStart: true, maxFiles: 5,
      metadata: { campaign: 'spring' }, getToken,
      onUploadProgress: ({ detail }) => (share.value = detail.bytesShown / detail.bytesTotal),
      onUploadSuccess: ({ detail }) => ids.value.push(detail.asset.media_id),
    }),
    h('progress', { value: share.value }),
    h('output', ids.value.join(' ')),
  ],
}).mount('#app')
