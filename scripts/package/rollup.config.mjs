/**
 * Joins the declarations that tsc wrote for every source file (web/.cache/types) into one file for each
 * entry of the npm package, with the types that a page can reach and no others.
 */
import { dts } from 'rollup-plugin-dts'
import ts from 'typescript'

const entries = ['index', 'element', 'headless', 'check']
const from = '../../web/.cache/types/web/src/npm'

/** What the browser, Lit and forms call. A page does not. */
const callbacks = new Set(['connectedCallback', 'disconnectedCallback', 'adoptedCallback', 'attributeChangedCallback', 'formResetCallback', 'formDisabledCallback', 'formStateRestoreCallback', 'formAssociatedCallback'])

export default {
  input: Object.fromEntries(entries.map((entry) => [entry, `${from}/${entry}.d.ts`])),
  output: { dir: process.env.PACKAGE_TYPES, format: 'es', entryFileNames: '[name].d.ts', chunkFileNames: ({ name }) => `types-${name.replace(/\.d$/, '')}.d.ts` },
  plugins: [{ name: 'public', transform: publicMembers }, dts()],
  onwarn(warning) {
    throw new Error(warning.message)
  },
}

/** Removes the members that a page cannot use, and Lit, which is bundled and no type of the package needs. */
function publicMembers(code, id) {
  const source = ts.createSourceFile(id, code, ts.ScriptTarget.Latest, true)
  const cuts = fileComment(code, source)
  const visit = (node) => {
    if (ts.isClassDeclaration(node)) {
      for (const member of node.members) if (!isPublic(member)) cuts.push([member.pos, member.end, ''])
    }
    if (ts.isImportDeclaration(node) && node.moduleSpecifier.text === 'lit') cuts.push([node.getStart(), node.end, ''])
    if (ts.isExpressionWithTypeArguments(node) && node.expression.getText() === 'LitElement') {
      cuts.push([node.getStart(), node.end, 'HTMLElement'])
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return cuts.sort(([a], [b]) => b - a).reduce((text, [start, end, put]) => text.slice(0, start) + put + text.slice(end), code)
}

/** What a source file says about itself: a comment before the imports, or before the comment of the first statement. */
function fileComment(code, source) {
  const [first] = source.statements
  const comments = first === undefined ? [] : (ts.getLeadingCommentRanges(code, first.pos) ?? [])
  const isOfFile = comments.length > 1 || (first !== undefined && (ts.isImportDeclaration(first) || ts.isExportDeclaration(first)))
  return comments.length > 0 && isOfFile ? [[comments[0].pos, comments[0].end, '']] : []
}

function isPublic(member) {
  const name = member.name?.getText() ?? ''
  const flags = ts.getCombinedModifierFlags(member)
  const hidden = ts.ModifierFlags.Protected | ts.ModifierFlags.Private | ts.ModifierFlags.Static | ts.ModifierFlags.Abstract
  return name !== '' && !name.startsWith('#') && !callbacks.has(name) && (flags & hidden) === 0
}
