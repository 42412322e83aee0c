// Which URLs are of a server.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isScriptOf } from '../../.cache/test/engine/script-server.js'
import { isOfOrigin } from '../../.cache/test/engine/url-origin.js'

for (const [url, want] of [
  ['https://a.example', true], ['https://a.example/', true], ['https://a.example/files/1?x#y', true], ['https://a.example:443/', true],
  ['https://a.example.evil/', false], ['https://a.example.evil', false], ['https://a.example:8443/', false], ['https://a.example@b.example/', false],
  ['http://a.example/', false], ['https://b.a.example/', false], ['blob', false], ['inline', false], ['data', false], ['', false],
]) {
  test(`${url || 'nothing'} is ${want ? '' : 'not '}of https://a.example`, () => assert.equal(isOfOrigin(url, 'https://a.example'), want))
}

for (const [script, endpoint, want] of [
  ['https://a.example/widget/media-upload.js', 'https://a.example/', true],
  ['https://a.example/media/widget/worker-1.js#https://a.example/x.wasm', 'https://a.example/media/', true],
  ['https://a.example/widget/media-upload.js', 'https://a.example/media/', false],
  ['https://a.example/media/widget/media-upload.js', 'https://a.example/', false],
  ['https://a.example/assets/media-upload.js', 'https://a.example/', false],
  ['https://a.example.evil/widget/media-upload.js', 'https://a.example/', false],
  ['http://a.example/widget/media-upload.js', 'https://a.example/', false],
]) {
  test(`${script} is ${want ? '' : 'not '}of the server ${endpoint}`, () => assert.equal(isScriptOf(script, endpoint), want))
}
