/**
 * Notes below a row's status, such as that the window must stay open; none if there is nothing unusual.
 * A note never contradicts the status: "resumed" is said only while bytes are sent.
 */
import type { LabelName } from '../i18n/labels.js'
import type { Upload } from '../session/upload.js'
import { isPending } from '../session/upload-state.js'

export function notesOf(upload: Upload): readonly LabelName[] {
  const { state, copy, sender } = upload
  if (state.name === 'missing') return state.comparing ? [] : ['missingWhy']
  if (!isPending(state) || upload.uploaded) return []
  const notes = state.name === 'uploading' ? sendingNotes(upload) : []
  return copy === 'none' && sender !== 'elsewhere' ? [...notes, 'keepOpen'] : notes
}

function sendingNotes({ damaged, lost, restored, sender }: Upload): readonly LabelName[] {
  const notes: LabelName[] = []
  if (damaged) notes.push('damaged')
  else if (lost) notes.push('sentAgain')
  if (sender === 'elsewhere') notes.push('elsewhere')
  else if (restored) notes.push('resumed')
  return notes
}
