// Imports every entry where there is no DOM. It may define nothing on the global object
// but Lit's version marks, start nothing and leave nothing open.
import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('node_modules/@mediarelay/upload/package.json', import.meta.url)))
const entries = Object.keys(manifest.exports).filter((entry) => !entry.endsWith('.json'))
const before = new Set(Object.getOwnPropertyNames(globalThis))
const exported = {}
for (const entry of entries) exported[entry] = Object.keys(await import(manifest.name + entry.slice(1)))
const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name))
const { default: elements } = await import(`${manifest.name}/custom-elements.json`, { with: { type: 'json' } })
console.log(JSON.stringify({ exported, globals, open: process.getActiveResourcesInfo(), schema: elements.schemaVersion }))
