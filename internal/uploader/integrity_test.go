package uploader_test

import (
	"testing"

	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// damageScripts show what happens if bytes are damaged in transit.
var damageScripts = []struct {
	name      string
	config    uploader.Config
	exchanges []exchange
	damaged   int
}{
	{
		name:   "a damaged chunk is sent again at once with the same size",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(204, 2*mib), "PATCH /files/abc 2097152+1048576 checksum"},
		},
		damaged: 1,
	},
	{
		name:   "a damaged creation with a Location is not repeated",
		config: withKey(uploader.Config{Length: 3 * mib}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k checksum"},
			{uploader.Answer{Status: 460, Offset: -1, Location: fileURL}, "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576 checksum"},
		},
		damaged: 1,
	},
	{
		name:   "a damaged creation without a Location is repeated without its body",
		config: withKey(uploader.Config{Length: 3 * mib}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k checksum"},
			{answer(460, -1), "POST /files/ 0+0 key=k"},
			{created(0), "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576 checksum"},
		},
		damaged: 1,
	},
	{
		name:   "if every chunk is damaged, the upload fails and its bytes stay",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "wait server 1000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "wait server 2000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "wait server 4000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "wait server 8000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "failed digest_mismatch retryable"},
			{uploader.Retry{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{answer(460, -1), "HEAD /files/abc"},
		},
		damaged: 7,
	},
	{
		name:   "a server without checksums gets chunks without them",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 checksum"},
			{problem(400, reason.ProblemChecksumUnsupported), "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{answer(204, 2*mib), "PATCH /files/abc 2097152+1048576"},
		},
	},
	{
		name:   "so does one that responds with a plain 400; a second 400 has another cause",
		config: withKey(uploader.Config{Length: 3 * mib}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k checksum"},
			{answer(400, -1), "POST /files/ 0+0 key=k"},
			{created(0), "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576"},
			{answer(400, -1), "failed request_refused retryable method=PATCH status=400"},
		},
	},
	{
		name:   "400 with another problem code",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 checksum"},
			{problem(400, reason.ProblemBadRequest), "failed bad_request"},
		},
	},
	{
		name:   "a damaged file is sent again under a new key, up to three times",
		config: withKey(uploader.Config{Length: mib}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k checksum"},
			{created(mib), "watch /v1/uploads/abc"},
			{mismatch(), "POST /files/ 0+1048576 key=k.1 checksum"},
			{created(mib), "watch /v1/uploads/abc"},
			{mismatch(), "POST /files/ 0+1048576 key=k.2 checksum"},
			{created(mib), "watch /v1/uploads/abc"},
			{mismatch(), "POST /files/ 0+1048576 key=k.3 checksum"},
			{created(mib), "watch /v1/uploads/abc"},
			{mismatch(), "failed digest_mismatch retryable"},
			{uploader.Retry{}, "POST /files/ 0+1048576 key=k.4 checksum"},
			{created(mib), "watch /v1/uploads/abc"},
			{watched("done"), "done"},
		},
		damaged: 4,
	},
	{
		name:   "a restored upload that was damaged",
		config: withKey(uploader.Config{Length: mib, URL: fileURL}),
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "watch /v1/uploads/abc"},
			{mismatch(), "POST /files/ 0+1048576 key=k.1 checksum"},
		},
		damaged: 1,
	},
}

func TestDamage(t *testing.T) {
	for _, c := range damageScripts {
		t.Run(c.name, func(t *testing.T) {
			m := play(t, c.config, c.exchanges, describeChecksum)
			if m.Damaged() != c.damaged {
				t.Errorf("reports damage %d times, want %d", m.Damaged(), c.damaged)
			}
		})
	}
}

func mismatch() uploader.Event {
	return uploader.Watched{State: uploader.StateFailed, Problem: reason.DigestMismatch, Final: true}
}

// describeChecksum is describe, plus which bodies have a checksum.
func describeChecksum(a uploader.Action) string {
	if s, ok := a.(uploader.Send); ok && s.Checksum {
		return describe(a) + " checksum"
	}
	return describe(a)
}
