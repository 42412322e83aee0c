package uploader

import "mediarelay/internal/reason"

// maxCorrupted chunks that arrive damaged in a row, with waits between them, are
// no accident any more: something on the way changes what passes.
const maxCorrupted = 5

// chunkDamaged sends the same bytes again: the server kept none of them.
//
// Source: tus 1.0.0, checksum extension: on 460 the chunk is discarded and the
// offset stays.
func (m *Machine) chunkDamaged(a Answer) Action {
	m.damaged++
	m.adopt(a.Location)
	if m.corrupted++; m.corrupted > maxCorrupted {
		m.step = m.afterFault()
		return m.fail(reason.DigestMismatch, true)
	}
	return m.atOnce(WaitServer)
}

// fileDamaged takes the server's word that the whole file is not the one that
// was announced: it has thrown it away, so all of it is sent once more. It still
// remembers that under the old key.
func (m *Machine) fileDamaged() Action {
	m.damaged++
	m.generation++
	return m.renew(reason.DigestMismatch)
}

// checksumRefused reports whether a body was turned away for its checksum, in
// our server's words or with the bare 400 of the checksum extension.
func (m *Machine) checksumRefused(a Answer) bool {
	if a.Status != statusBadRequest || !m.sent.summed || m.step != stepCreate && m.step != stepSend {
		return false
	}
	return a.Problem == "" || a.Problem == reason.ProblemChecksumUnsupported
}

func (m *Machine) withoutChecksums(a Answer) Action {
	m.unsummed, m.sent = true, sentChunk{}
	m.adopt(a.Location)
	return m.atOnce(WaitServer)
}
