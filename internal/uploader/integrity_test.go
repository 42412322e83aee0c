package uploader_test

import (
	"testing"

	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// What is done about bytes that arrive other than they were sent.
var damages = []struct {
	name    string
	config  uploader.Config
	lines   []line
	damaged int
}{
	{
		name:   "a damaged chunk is sent again as it is, at once",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		lines: []line{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(204, 2*mib), "PATCH /files/abc 2097152+1048576 summed"},
		},
		damaged: 1,
	},
	{
		name:   "a damaged creation that made the upload is not repeated",
		config: withKey(uploader.Config{Length: 3 * mib}),
		lines: []line{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k summed"},
			{uploader.Answer{Status: 460, Offset: -1, Location: fileURL}, "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576 summed"},
		},
		damaged: 1,
	},
	{
		name:   "one that does not say whether it made it is repeated without its bytes",
		config: withKey(uploader.Config{Length: 3 * mib}),
		lines: []line{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k summed"},
			{answer(460, -1), "POST /files/ 0+0 key=k"},
			{created(0), "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576 summed"},
		},
		damaged: 1,
	},
	{
		name:   "a line that damages every chunk is given up, and what is there stays",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		lines: []line{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "wait server 1000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "wait server 2000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "wait server 4000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "wait server 8000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "failed digest_mismatch retryable"},
			{uploader.Retry{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{answer(460, -1), "HEAD /files/abc"},
		},
		damaged: 7,
	},
	{
		name:   "a server that does not know the checksum gets the chunks without",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		lines: []line{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576 summed"},
			{problem(400, reason.ProblemChecksumUnsupported), "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{answer(204, 2*mib), "PATCH /files/abc 2097152+1048576"},
		},
	},
	{
		name:   "so does one that says 400 without words; a second 400 is about something else",
		config: withKey(uploader.Config{Length: 3 * mib}),
		lines: []line{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k summed"},
			{answer(400, -1), "POST /files/ 0+0 key=k"},
			{created(0), "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576"},
			{answer(400, -1), "failed request_refused retryable method=PATCH status=400"},
		},
	},
	{
		name:   "400 for another reason",
		config: uploader.Config{Length: 3 * mib},
		lines: []line{
			{uploader.Start{}, "POST /files/ 0+1048576 summed"},
			{problem(400, reason.ProblemBadRequest), "failed bad_request"},
		},
	},
	{
		name:   "a file that arrived damaged is sent anew under a new key, three times in a try",
		config: withKey(uploader.Config{Length: mib}),
		lines: []line{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k summed"},
			{created(mib), "watch /v1/uploads/abc/events"},
			{mismatch(), "POST /files/ 0+1048576 key=k.1 summed"},
			{created(mib), "watch /v1/uploads/abc/events"},
			{mismatch(), "POST /files/ 0+1048576 key=k.2 summed"},
			{created(mib), "watch /v1/uploads/abc/events"},
			{mismatch(), "POST /files/ 0+1048576 key=k.3 summed"},
			{created(mib), "watch /v1/uploads/abc/events"},
			{mismatch(), "failed digest_mismatch retryable"},
			{uploader.Retry{}, "POST /files/ 0+1048576 key=k.4 summed"},
			{created(mib), "watch /v1/uploads/abc/events"},
			{watched("done"), "done"},
		},
		damaged: 4,
	},
	{
		name:   "a restored upload that arrived damaged",
		config: withKey(uploader.Config{Length: mib, URL: fileURL}),
		lines: []line{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "watch /v1/uploads/abc/events"},
			{mismatch(), "POST /files/ 0+1048576 key=k.1 summed"},
		},
		damaged: 1,
	},
}

func TestDamage(t *testing.T) {
	for _, c := range damages {
		t.Run(c.name, func(t *testing.T) {
			m := converse(t, c.config, c.lines, describeSummed)
			if m.Damaged() != c.damaged {
				t.Errorf("speaks of damage %d times, should %d times", m.Damaged(), c.damaged)
			}
		})
	}
}

func mismatch() uploader.Event {
	return uploader.Watched{State: uploader.StateFailed, Problem: reason.DigestMismatch, Final: true}
}

// describeSummed also says which bodies go with their checksum.
func describeSummed(a uploader.Action) string {
	if s, ok := a.(uploader.Send); ok && s.Checksum {
		return describe(a) + " summed"
	}
	return describe(a)
}
