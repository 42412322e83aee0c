/**
 * Describes `<media-upload>` for editors and for docs/embedding-reference.md, from the JSDoc tags and types
 * of the sources. The manifest names the files of the npm package, not the sources, and leaves out
 * what a page cannot use.
 */
const element = 'dist/element.js'

/** What the browser, Lit and forms call. A page does not. */
const callbacks = new Set(['connectedCallback', 'disconnectedCallback', 'adoptedCallback', 'attributeChangedCallback', 'formResetCallback', 'formDisabledCallback', 'formStateRestoreCallback', 'formAssociatedCallback', 'addEventListener'])

export default {
  globs: ['src/element/*.ts', 'src/session/events.ts'],
  litelement: true,
  packagejson: false,
  plugins: [{ name: 'public', packageLinkPhase: ({ customElementsManifest }) => keepPublic(customElementsManifest) }],
}

function keepPublic(manifest) {
  const declaration = manifest.modules.flatMap(({ declarations }) => declarations).find(({ name }) => name === 'MediaUploadElement')
  if (declaration === undefined) throw new Error('no class MediaUploadElement in web/src/element')
  declaration.superclass = { name: 'HTMLElement' }
  declaration.members = declaration.members.filter(isPublic)
  for (const list of ['attributes', 'members', 'events', 'slots', 'cssParts', 'cssProperties', 'cssStates']) {
    for (const item of declaration[list] ?? []) delete item.inheritedFrom
  }
  const reference = { name: 'MediaUploadElement', module: element }
  manifest.modules = [
    { kind: 'javascript-module', path: element, declarations: [declaration], exports: [{ kind: 'js', name: 'MediaUploadElement', declaration: reference }] },
    { kind: 'javascript-module', path: 'dist/index.js', declarations: [], exports: [
      { kind: 'custom-element-definition', name: 'media-upload', declaration: reference },
      { kind: 'js', name: 'MediaUploadElement', declaration: reference },
    ] },
  ]
}

function isPublic({ name, privacy, static: isStatic }) {
  const hidden = privacy === 'private' || privacy === 'protected' || isStatic === true
  return !hidden && !name.startsWith('#') && !callbacks.has(name)
}
