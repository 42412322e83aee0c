/** The icons of rows, besides those of the first paint (icons.ts). */
import type { TemplateResult } from 'lit'
import { svg } from 'lit'
import type { Kind } from '../engine/engine.js'
import type { IconName } from './icons.js'
import { drawing, icon } from './icons.js'

const paths = {
  image: svg`<rect x="3" y="3" width="14" height="14" rx="2.5"/><circle cx="7.25" cy="7.25" r="1.25"/><path d="m3.5 14.5 4-4 3 3 2.5-2.5 3.5 3.5"/>`,
  video: svg`<rect x="2.5" y="4" width="15" height="12" rx="2.5"/><path d="M8.5 7.5v5l4-2.5z"/>`,
  audio: svg`<path d="M3.5 8.5v3m3.25-6v9M10 3.5v13m3.25-10v7m3.25-5v3"/>`,
  document: svg`<path d="M11.5 2.5h-5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-9zm0 0v4h4M7.5 10.5h5m-5 3h3.5"/>`,
  sticker: svg`<path d="M17 10.5V6a3 3 0 0 0-3-3H6a3 3 0 0 0-3 3v8a3 3 0 0 0 3 3h4.5zm0 0h-3.5a3 3 0 0 0-3 3V17"/><path d="M7 7.5h.01M12 7.5h.01"/>`,
  file: svg`<path d="M11.5 2.5h-5a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h7a2 2 0 0 0 2-2v-9zm0 0v4h4"/>`,
  pause: svg`<path d="M7 4.5v11m6-11v11"/>`,
  play: svg`<path d="M6.5 4v12l9-6z"/>`,
  retry: svg`<path d="M4 10a6 6 0 1 0 2-4.5M6 2.5v3.25h3.25"/>`,
  close: svg`<path d="m5.5 5.5 9 9m0-9-9 9"/>`,
  check: svg`<path d="m4.5 10.5 3.5 3.5 7.5-8"/>`,
  copy: svg`<rect x="7" y="7" width="10" height="10" rx="2"/><path d="M13 7V5a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v6a2 2 0 0 0 2 2h2"/>`,
  refuse: svg`<circle cx="10" cy="10" r="7"/><path d="M10 6.5v4m0 2.75v.01"/>`,
  clock: svg`<circle cx="10" cy="10" r="7"/><path d="M10 6v4.25l2.75 1.5"/>`,
  offline: svg`<path d="M3 3l14 14M5.5 11.5a6.5 6.5 0 0 1 3-1.7m3 0a6.5 6.5 0 0 1 3 1.7M2.75 8.5A10 10 0 0 1 6 6.4m3-.8a10 10 0 0 1 8.25 2.9M10 15.25v.01"/>`,
} as const

type RowOnlyIconName = keyof typeof paths

export type RowIconName = RowOnlyIconName | IconName

export function rowIcon(name: RowIconName): TemplateResult {
  return isRowOnly(name) ? drawing(paths[name]) : icon(name)
}

export function kindIcon(kind: Kind | ''): TemplateResult {
  return drawing(paths[kind || 'file'])
}

function isRowOnly(name: RowIconName): name is RowOnlyIconName {
  return name in paths
}
