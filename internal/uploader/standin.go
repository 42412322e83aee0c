package uploader

// standInsPerToken is how many responses of a proxy stand in for the server's before
// another token is tried: the proxy may be a gateway that has rejected the last one.
const standInsPerToken = 5

// standsIn reports whether a proxy, a gateway or the network has responded in the server's
// place: with a refusal, a redirect or a page to sign in. Only the server ends an upload, so
// such a response is no more than an interruption. The library lookup is optional, and any
// response to it but success begins the upload.
func (m *Machine) standsIn(a Answer) bool {
	if !a.Foreign || m.step == stepSearch {
		return false
	}
	success := a.Status >= 200 && a.Status < 300
	switch {
	case a.Status == statusUnauthorized, a.Status == statusForbidden, a.Status >= 300 && a.Status < 400:
		return true
	case a.Page && success:
		return true
	}
	// The file is at the server: whatever a proxy says of its state costs nothing but time.
	return m.step == stepWatch && a.Status < 500 && a.Status != statusTooManyRequests
}

// handleStandIn waits until the server itself responds. It first tries what may help:
// another token, and a method that the proxy does not block.
func (m *Machine) handleStandIn(a Answer) Action {
	m.sent = sentChunk{}
	m.standIns++
	denied := a.Status == statusUnauthorized || a.Status == statusForbidden
	switch {
	case denied && m.standIns%standInsPerToken == 1:
		m.mode = modeToken
		return NeedToken{}
	case denied && mayOverride(m.method) && !m.methodBlocked:
		m.methodBlocked = true
		return m.next(m.recoveryStep())
	}
	return m.retryLater(WaitServer, a.RetryAfter)
}
