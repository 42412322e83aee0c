// A portal without a bundler, with the package's files as they are.
import './dist/index.js'

const element = document.querySelector('media-upload')
element.endpoint = new URLSearchParams(location.search).get('endpoint')
element.getToken = async () => (await fetch('/token', { method: 'POST' })).text()
