package uploader

import "mediarelay/internal/reason"

// maxDamagedChunks in a row are no coincidence: a device on the path modifies the
// data.
const maxDamagedChunks = 5

// resendChunk sends the same bytes again, because the server has discarded them.
//
// Source: tus 1.0.0, checksum extension: on 460 the chunk is discarded and the
// offset stays.
func (m *Machine) resendChunk(a Answer) Action {
	m.damaged++
	m.adoptURL(a.Location)
	if m.damagedChunks++; m.damagedChunks > maxDamagedChunks {
		m.step = m.recoveryStep()
		return m.fail(reason.DigestMismatch, true)
	}
	return m.retryAtOnce(WaitServer)
}

// resendFile uploads the whole file again under a new key: the server found that
// the stored file does not match its digest, and has deleted it. It still has that
// failed upload under the old key.
func (m *Machine) resendFile() Action {
	m.damaged++
	m.keyGeneration++
	return m.recreate(reason.DigestMismatch)
}

// checksumRejected reports whether the server rejected a body because it does not
// support checksums: with our server's problem code, or with the plain 400 of the
// checksum extension.
func (m *Machine) checksumRejected(a Answer) bool {
	if a.Status != statusBadRequest || !m.sent.checksum || m.step != stepCreate && m.step != stepSend {
		return false
	}
	return a.Problem == "" || a.Problem == reason.ProblemChecksumUnsupported
}

func (m *Machine) disableChecksums(a Answer) Action {
	m.noChecksums, m.sent = true, sentChunk{}
	m.adoptURL(a.Location)
	return m.retryAtOnce(WaitServer)
}
