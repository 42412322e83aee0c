// A portal in React 19. Its callback is another function at every render, as most are.
import { StrictMode, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import '@mediarelay/upload'

const endpoint = new URLSearchParams(location.search).get('endpoint')
window.mounts = 0
window.asked = 0

function Upload() {
  const [ids, setIDs] = useState([])
  const [share, setShare] = useState(0)
  useEffect(() => {
    window.mounts++
  }, [])
  return (
    <>
      <media-upload
        endpoint={endpoint} purpose="message" name="media" multiple autoStart maxFiles={5}
        metadata={{ campaign: 'spring' }}
        getToken={async () => {
          window.asked++
          return (await fetch('/token', { method: 'POST' })).text()
        }}
        onupload-progress={({ detail }) => setShare(detail.bytesShown / detail.bytesTotal)}
        onupload-success={({ detail }) => setIDs((ids) => [...ids, detail.asset.media_id])}
      />
      <progress value={share} />
      <output>{ids.join(' ')}</output>
    </>
  )
}

createRoot(document.getElementById('app')).render(<StrictMode><Upload /></StrictMode>)
