/** Names of media types for people: "JPEG" or "Word", not "application/vnd.openxmlformats-…". */

const names: Readonly<Record<string, string>> = {
  'audio/aac': 'AAC',
  'audio/amr': 'AMR',
  'audio/mp4': 'M4A',
  'audio/mpeg': 'MP3',
  'audio/ogg': 'Ogg',
  'application/msword': 'Word',
  'application/vnd.ms-excel': 'Excel',
  'application/vnd.ms-powerpoint': 'PowerPoint',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'Word',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'Excel',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'PowerPoint',
  'image/svg+xml': 'SVG',
  'image/webp': 'WebP',
  'text/plain': 'TXT',
  'video/3gpp': '3GP',
  'video/quicktime': 'QuickTime',
  'video/webm': 'WebM',
  'video/x-matroska': 'Matroska',
}

/** Characters: longer subtypes are vendor names, which mean nothing to people. */
const maxSubtypeLength = 6

export function typeName(type: string, fileName: string): string {
  const known = names[type]
  if (known !== undefined) return known
  const subtype = type.split('/')[1]?.replace(/^x-/, '') ?? ''
  if (subtype !== '' && subtype.length <= maxSubtypeLength) return subtype.toUpperCase()
  return /\.([a-z0-9]{1,6})$/i.exec(fileName)?.[1]?.toUpperCase() ?? ''
}
