package browser

// picturesPage is a page whose element has an engine of the test's own, so that a state stays for as
// long as its picture takes. What a file is named decides what becomes of it.
const picturesPage = `<style>html { color-scheme: light dark } body { margin: 16px; font-family: system-ui, sans-serif }</style>
	<media-upload endpoint="ENDPOINT" purpose="message" multiple></media-upload>
	<script type="module">
	const verdictOf = name => {
		if (name.includes('checking')) return new Promise(() => {})
		if (name.includes('refused')) return { outcome: 'refuse', kind: 'video', type: 'video/mp4', reasons: [
			{ code: 'video_codec', severity: 'refuse', facts: [{ name: 'codec', text: 'H.265' }], fixes: ['convert_to_mp4'] },
			{ code: 'file_too_large', severity: 'refuse', facts: [{ name: 'size', number: 21495808, unit: 'bytes' }, { name: 'limit', number: 16777216, unit: 'bytes' }], fixes: ['make_smaller'] }] }
		if (name.includes('warned')) return { outcome: 'warn', kind: 'video', type: 'video/mp4', reasons: [
			{ code: 'video_b_frames', severity: 'warn', facts: [{ name: 'profile', text: 'High' }], fixes: ['export_for_android'] }] }
		return { outcome: 'accept', kind: 'image', type: 'image/jpeg', reasons: [] }
	}
	const listeners = []
	const tell = event => listeners.forEach(listener => listener(event))
	const engine = new Proxy({ check: async (id, file, { name }) => verdictOf(name), subscribe: listener => { listeners.push(listener); return () => {} },
		restore: async () => [], countElsewhere: async () => 0 }, { get: (target, name) => target[name] ?? (() => {}) })
	await customElements.whenDefined('media-upload')
	customElements.get('media-upload').loadEngine = async () => () => engine
	const element = document.querySelector('media-upload')
	const until = window.until = async condition => { while (!condition()) await new Promise(done => setTimeout(done, 10)) }
	/** Adds files and starts them; tells the engine's events of each, which are functions of its id and size. */
	window.show = async (...files) => {
		for (const [name, ...events] of files) {
			const file = new File([new Uint8Array(name.length * 41_000)], name, { type: 'image/jpeg' })
			const [id] = element.addFiles([file])
			await until(() => element.files.find(file => file.id === id)?.state !== 'checking' || name.includes('checking'))
			if (events.length === 0) continue
			element.start(id)
			await until(() => element.files.find(file => file.id === id)?.state !== 'queued')
			for (const event of events) tell({ id, ...event(file.size) })
		}
	}
	const day = 86_400_000
	const at = days => new Date(Date.now() + days * day).toISOString()
	const asset = days => ({ media_id: '1062849375610283', media_id_expires_at: at(days), handle: '4::aW1hZ2UvanBlZw==:ARYpPzGq:e:1801234567:4711', handle_expires_at: at(days), type: 'image/jpeg', kind: 'image' })
	window.sent = (share, flight = 0.1) => size => ({ type: 'progress', accepted: Math.floor(size * share), inFlight: Math.floor(size * flight), total: size })
	window.waiting = (reason, retryInMs = 8_000) => () => ({ type: 'waiting', reason, retryInMs })
	window.failed = (code, retryable = true, facts = []) => () => ({ type: 'failed', failure: { code, message: '', retryable, facts } })
	window.done = (days = 30) => () => ({ type: 'done', asset: asset(days) })
	window.event = (type, more = {}) => () => ({ type, ...more })
	window.needToken = () => tell({ type: 'token-needed', reason: 'expired' })
	</script>`

// pictures are the states of the element, by name: each is a script that brings the empty element there.
var pictures = []struct{ name, script string }{
	{"empty", `''`},
	{"checking", `show(['spring-checking.jpg'])`},
	{"ready", `show(['spring.jpg'])`},
	{"ready-several", `show(['spring.jpg'], ['summer warned.mp4'], ['autumn.jpg'])`},
	{"uploading", `show(['spring.jpg', event('started'), event('kept'), sent(0.42)], ['summer.jpg', event('started'), event('unkept', { reason: 'room' }), sent(0.1)])`},
	{"waiting-for-network", `show(['spring.jpg', event('started'), event('kept'), sent(0.42), waiting('offline')])`},
	{"waiting-for-sign-in", `(document.querySelector('media-upload').getToken = async () => '', show(['spring.jpg', event('started'), event('kept'), sent(0.42), waiting('token', 0)]).then(needToken))`},
	{"paused", `show(['spring.jpg', event('started'), event('kept'), sent(0.42, 0), event('paused')])`},
	{"relaying", `show(['spring.jpg', event('started'), event('relaying')])`},
	{"server-retries", `show(['spring.jpg', event('started'), event('relaying', { problem: { code: 'provider_account', message: '', retryable: true, facts: [] } })])`},
	{"done", `show(['spring.jpg', done()])`},
	{"done-outdated", `show(['spring.jpg', done(-2)])`},
	{"refused", `show(['summer refused.mp4'])`},
	{"failed", `show(['spring.jpg', event('started'), sent(0.42), failed('relay_failed')])`},
	{"long-names", `show(['IMG_20261124_spring-campaign-final-final-really-final-version-for-all-of-our-customers-in-Austria.jpg'],
		['حملة الربيع للعملاء في جميع أنحاء البلاد من الشمال إلى الجنوب ١٢.jpg', done()], ['a'.repeat(200) + ' refused.mp4'], ['春のキャンペーンのための写真すべてのお客様へ最終版本当に最後の版二〇二六年.jpg'])`},
	{"right-to-left", `(document.querySelector('media-upload').dir = 'rtl', show(['spring.jpg', done()], ['summer refused.mp4'], ['autumn.jpg', event('started'), event('kept'), sent(0.7)],
		['حملة الربيع.jpg', event('started'), event('kept'), sent(0.2), waiting('server')], ['winter warned.mp4']))`},
	{"several", `show(['spring.jpg', done()], ['summer refused.mp4'], ['autumn.jpg', event('started'), event('kept'), sent(0.7)], ['winter warned.mp4'])`},
	{"error-origin", `show(['spring.jpg', failed('origin_not_allowed')])`},
	{"error-policy", `show(['spring.jpg', failed('policy_forbids_engine')])`},
	{"error-endpoint", `show(['spring.jpg', failed('wrong_endpoint')])`},
	{"error-outdated", `show(['spring.jpg', failed('server_outdated')])`},
	{"error-page", `show(['spring.jpg', failed('page_error')])`},
	{"error-engine", `show(['spring.jpg', failed('engine_unavailable')])`},
	{"error-proxy", `show(['spring.jpg', failed('request_refused', true, [{ name: 'method', text: 'PATCH' }, { name: 'status', number: 418, unit: '' }])])`},
}
