/** Notes below a row's status, such as that the window must stay open; none if there is nothing unusual. */
import type { LabelName } from '../i18n/labels.js'
import type { Upload } from '../session/upload.js'
import { isPending } from '../session/upload-state.js'

export function notesOf(upload: Upload): readonly LabelName[] {
  if (upload.state.name === 'missing') return ['missingWhy']
  if (!isPending(upload.state) || upload.uploaded) return []
  const { damaged, lost, restored, copy, sender } = upload
  const notes: LabelName[] = []
  if (damaged) notes.push('damaged')
  else if (lost) notes.push('sentAgain')
  if (sender === 'elsewhere') notes.push('elsewhere')
  else if (restored && upload.state.name !== 'paused') notes.push('resumed')
  if (copy === 'none' && sender !== 'elsewhere') notes.push('keepOpen')
  return notes
}
