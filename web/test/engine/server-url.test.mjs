// Which server an endpoint names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverOf } from '../../.cache/test/engine/server-url.js'

for (const [endpoint, server] of [
  ['https://media.example.com', 'https://media.example.com/'],
  ['https://media.example.com/', 'https://media.example.com/'],
  ['HTTPS://Media.Example.com//', 'https://media.example.com/'],
  ['https://media.example.com:8443/media', 'https://media.example.com:8443/media/'],
  [' https://media.example.com/media/ ', 'https://media.example.com/media/'],
  ['//media.example.com', 'https://media.example.com/'],
  ['/', 'https://site.example/'],
  ['/media', 'https://site.example/media/'],
  ['media/', 'https://site.example/shop/media/'],
  ['../media', 'https://site.example/media/'],
  ['./media.v1', 'https://site.example/shop/media.v1/'],
  ['http://localhost:8080', 'http://localhost:8080/'],
  ['http://[::1]:8080/x', 'http://[::1]:8080/x/'],
  ['media.example.com', ''],
  ['localhost:8080', ''],
  ['media.example.com:8080/x', ''],
  ['http://', ''],
  ['javascript:alert(1)', ''],
  ['data:text/plain,x', ''],
  ['blob:https://site.example/1', ''],
  ['file:///etc/passwd', ''],
  ['https://media.example.com?tenant=1', ''],
  ['https://media.example.com/#x', ''],
  ['https://user@media.example.com', ''],
  ['https://user:secret@media.example.com', ''],
  ['https://exa mple.com', ''],
]) {
  test(`endpoint ${JSON.stringify(endpoint)}: ${server || 'none'}`, () => {
    globalThis.location = new URL('https://site.example/shop/edit?campaign=1#/x')
    assert.equal(serverOf(endpoint), server)
  })
}
