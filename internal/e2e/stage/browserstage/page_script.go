package browserstage

// pageScript records what happens and what goes wrong on a page from its first moment, and
// reads its rows.
const pageScript = `
	window.faults = []
	addEventListener('securitypolicyviolation', e => faults.push('policy: ' + e.violatedDirective + ' ' + e.blockedURI))
	addEventListener('error', e => faults.push('error: ' + e.message))
	addEventListener('unhandledrejection', e => faults.push('rejection: ' + e.reason))
	window.told = []
	const events = ['upload-start', 'upload-progress', 'upload-stalled', 'upload-retry', 'upload-pause', 'upload-resume',
		'relay-start', 'upload-success', 'upload-error', 'file-refused', 'auth-required', 'restored', 'complete']
	for (const type of events) document.addEventListener(type, ({ detail }) => told.push({
		At: Date.now(), Type: type, Name: detail.file?.name ?? '', Code: detail.error?.code ?? '', Message: detail.error?.message ?? '',
		Reason: String(detail.reason ?? ''), Accepted: detail.bytesAccepted ?? 0, Shown: detail.bytesShown ?? 0,
	}), true)
	const list = () => document.querySelector('media-upload').shadowRoot
	window.rowNode = name => [...list().querySelectorAll('[data-file-id]')].find(row => row.querySelector('[part~=name]').textContent === name)
	window.row = name => {
		const node = rowNode(name)
		if (!node) return { State: 'absent' }
		const file = document.querySelector('media-upload').files.find(file => file.id === node.dataset.fileId)
		return {
			State: node.dataset.state, Text: node.innerText, Asset: file?.asset ?? null, Accepted: file?.bytesAccepted ?? 0,
			Codes: [...node.querySelectorAll('[data-code]')].map(reason => reason.dataset.code),
		}
	}
	window.samples = []
	window.sampleRow = name => {
		const take = () => {
			const node = rowNode(name)
			if (!node) return
			samples.push({
				At: Date.now(), State: node.dataset.state, Text: node.querySelector('[part~=status]').innerText,
				Percent: Number(node.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? -1),
			})
		}
		document.addEventListener('upload-progress', take)
		new MutationObserver(take).observe(list(), { subtree: true, childList: true, attributes: true, characterData: true })
	}
	window.databases = async () => {
		const all = {}
		for (const { name } of await indexedDB.databases()) {
			const db = await new Promise((done, failed) => Object.assign(indexedDB.open(name), { onsuccess: e => done(e.target.result), onerror: failed }))
			for (const store of db.objectStoreNames) {
				const rows = db.transaction(store).objectStore(store).getAll()
				all[name + '.' + store] = await new Promise((done, failed) => Object.assign(rows, { onsuccess: () => done(rows.result), onerror: failed }))
			}
			db.close()
		}
		return all
	}
	window.everything = async () => {
		const roots = [document.documentElement, ...[...document.querySelectorAll('*')].flatMap(node => node.shadowRoot ?? [])]
		return [
			location.href, document.cookie, JSON.stringify(history.state), JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }),
			JSON.stringify(await databases()), ...roots.map(root => root.innerHTML),
		]
	}`
