package uploader_test

import (
	"fmt"
	"strings"
	"testing"

	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

const (
	kib = int64(1) << 10
	mib = int64(1) << 20

	fileURL = "https://media.example/files/abc"
)

// exchange is one event and the action that must follow, as describe writes it.
type exchange struct {
	event uploader.Event
	want  string
}

// scripts are the rules of the package, one by one.
var scripts = []struct {
	name      string
	config    uploader.Config
	exchanges []exchange
}{
	{
		name:   "a file that fits the first chunk is one request in all",
		config: uploader.Config{Length: 200 * kib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+204800"},
			{created(204800), "watch /v1/uploads/abc"},
			{watched("checking"), "idle"},
			{watched("relaying"), "idle"},
			{watched("done"), "done"},
			{uploader.Pause{}, "idle"},
			{uploader.Cancel{}, "idle"},
		},
	},
	{
		name:   "an empty file has no body",
		config: uploader.Config{Length: 0},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+0"},
			{created(0), "watch /v1/uploads/abc"},
		},
	},
	{
		name:   "the rest is sent in chunks from the offset of each response",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{created(mib), "PATCH /files/abc 1048576+1048576"},
			{answer(204, 2*mib), "PATCH /files/abc 2097152+1048576"},
			{answer(204, 3*mib), "watch /v1/uploads/abc"},
			{watched("refused"), "refused"},
			{uploader.Retry{}, "idle"},
		},
	},
	{
		name:   "a file with a known digest is looked up in the library first",
		config: withDigest(uploader.Config{Length: 10}),
		exchanges: []exchange{
			{uploader.Start{}, "GET /v1/assets?sha256=beef"},
			{known{}, "POST /files/ 0+0"},
			{created(10), "watch /v1/uploads/abc"},
			{watched("done"), "done"},
		},
	},
	{
		name:   "the bytes of a known file are sent if the server does not have them",
		config: withDigest(uploader.Config{Length: 10}),
		exchanges: []exchange{
			{uploader.Start{}, "GET /v1/assets?sha256=beef"},
			{known{}, "POST /files/ 0+0"},
			{created(0), "PATCH /files/abc 0+10"},
			{answer(204, 10), "watch /v1/uploads/abc"},
		},
	},
	{
		name:   "without access to the library, the upload starts",
		config: withDigest(uploader.Config{Length: 10}),
		exchanges: []exchange{
			{uploader.Start{}, "GET /v1/assets?sha256=beef"},
			{answer(403, -1), "POST /files/ 0+10"},
		},
	},
	{
		name:   "an existing upload resumes at its offset",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, 2*mib), "PATCH /files/abc 2097152+1048576"},
		},
	},
	{
		name:   "the token is never sent to the host of a Location",
		config: uploader.Config{Length: 2 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{uploader.Answer{Status: 201, Offset: mib, Location: "http://inside:8080/files/abc?x=/y"}, "PATCH /files/abc 1048576+1048576"},
		},
	},
	{
		name:   "after an interrupted chunk, the next one starts at the offset of a HEAD, even if it is smaller",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{created(mib), "PATCH /files/abc 1048576+1048576"},
			{broken{}, "HEAD /files/abc"},
			{answer(200, 512*kib), "PATCH /files/abc 524288+524288"},
		},
	},
	{
		name:   "waits get longer with each fault in a row, until a byte is accepted",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{broken{}, "wait offline 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(502, -1), "wait server 1000"},
			{uploader.Nudge{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{answer(503, -1), "wait server 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{answer(503, -1), "wait server 1000"},
			{uploader.Retry{}, "HEAD /files/abc"},
		},
	},
	{
		name:   "a stall is reported and halves the chunk",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576"},
			{broken{stalled: true}, "wait stalled 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+524288"},
		},
	},
	{
		name:   "a creation whose response was lost is repeated without its body",
		config: uploader.Config{Length: 2 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{broken{}, "POST /files/ 0+0"},
			{created(-1), "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
		},
	},
	{
		name:   "a creation that failed with a Location is not repeated",
		config: uploader.Config{Length: 2 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{uploader.Answer{Status: 500, Offset: -1, Location: "/files/abc"}, "wait server 500"},
			{uploader.Due{}, "HEAD /files/abc"},
		},
	},
	{
		name:   "the response to the last chunk is lost",
		config: uploader.Config{Length: mib + 1, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1"},
			{broken{}, "HEAD /files/abc"},
			{answer(200, mib+1), "watch /v1/uploads/abc"},
		},
	},
	{
		name:   "a locked upload, and a wrong offset",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(423, -1), "wait locked 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{answer(409, -1), "HEAD /files/abc"},
			{answer(200, 2*mib), "PATCH /files/abc 2097152+1048576"},
			{problem(400, reason.ProblemInterrupted), "wait locked 500"},
		},
	},
	{
		name:   "a response that accepts nothing does not cause a busy loop",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{answer(204, mib), "wait server 500"},
		},
	},
	{
		name:   "Retry-After is respected, with a little jitter, up to two minutes",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{uploader.Answer{Status: 429, Offset: -1, RetryAfter: 7000}, "wait rate 7500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{uploader.Answer{Status: 503, Offset: -1, RetryAfter: 86_400_000}, "wait server 121000"},
		},
	},
	{
		name:   "the upload resumes with a new token, and fails after several rejected ones",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{answer(401, -1), "token"},
			{uploader.Nudge{}, "idle"},
			{uploader.TokenReady{}, "PATCH /files/abc 1048576+1048576"},
			{answer(204, 2*mib), "PATCH /files/abc 2097152+1048576"},
			{answer(401, -1), "token"},
			{uploader.TokenReady{}, "PATCH /files/abc 2097152+1048576"},
			{answer(401, -1), "token"},
			{uploader.TokenReady{}, "PATCH /files/abc 2097152+1048576"},
			{answer(401, -1), "token"},
			{uploader.TokenReady{}, "PATCH /files/abc 2097152+1048576"},
			{answer(401, -1), "failed token_rejected retryable"},
			{uploader.Retry{}, "HEAD /files/abc"},
			{answer(401, -1), "token"},
		},
	},
	{
		name:   "without a token nothing is sent, and the upload waits for one",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{unsent{}, "token"},
			{uploader.TokenDenied{}, "token"},
			{uploader.TokenDenied{}, "token"},
			{uploader.Retry{}, "idle"},
			{uploader.TokenReady{}, "POST /files/ 0+10"},
			{uploader.TokenDenied{}, "idle"},
		},
	},
	{
		name:   "403 fails with the server's code and keeps the upload",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{problem(403, "forbidden_scope"), "failed forbidden_scope retryable"},
			{uploader.Retry{}, "HEAD /files/abc"},
		},
	},
	{
		name:   "403 without a problem code",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{answer(403, -1), "failed upload_forbidden retryable"},
		},
	},
	{
		name:   "403 of a gateway may mean an expired token: a new one is tried, and then it waits for the server",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{foreign(403), "token"},
			{uploader.TokenReady{}, "HEAD /files/abc"},
			{foreign(403), "wait server 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{foreign(401), "wait server 1000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{foreign(403), "wait server 2000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{foreign(403), "wait server 4000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{foreign(403), "token"},
			{uploader.TokenReady{}, "HEAD /files/abc"},
			{foreign(403), "wait server 8000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
		},
	},
	{
		name:   "403 of a proxy that blocks PATCH: chunks are sent as POST",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(403), "token"},
			{uploader.TokenReady{}, "PATCH /files/abc 1048576+1048576"},
			{foreign(403), "HEAD /files/abc"},
			{answer(200, mib), "POST as PATCH /files/abc 1048576+1048576"},
			{foreign(403), "wait server 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "POST as PATCH /files/abc 1048576+1048576"},
			{answer(204, 2*mib), "POST as PATCH /files/abc 2097152+1048576"},
		},
	},
	{
		name:   "a page to sign in is not the server's answer, whatever its status",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{page(200), "wait server 500"},
			{uploader.Due{}, "POST /files/ 0+0"},
			{page(302), "wait server 1000"},
			{uploader.Due{}, "POST /files/ 0+0"},
			{created(0), "HEAD /files/abc"},
			{page(200), "wait server 2000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+1048576"},
			{page(200), "wait server 4000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
		},
	},
	{
		name:   "a proxy's answer for the state of an upload does not end it",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{created(10), "watch /v1/uploads/abc"},
			{foreign(404), "wait server 500"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{foreign(400), "wait server 1000"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{page(200), "wait server 2000"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{foreign(405), "wait server 4000"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{foreign(410), "wait server 8000"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{foreign(403), "token"},
			{uploader.TokenReady{}, "watch /v1/uploads/abc"},
			{watched("relaying"), "idle"},
			{foreign(404), "wait server 500"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{watched("done"), "done"},
		},
	},
	{
		name:   "a page in place of a deletion: it is tried again",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Cancel{}, "DELETE /files/abc"},
			{page(200), "wait server 500"},
			{uploader.Due{}, "DELETE /files/abc"},
			{answer(204, -1), "cancelled"},
		},
	},
	{
		name:   "an upload that is gone is created again under its key, up to three times",
		config: withKey(uploader.Config{Length: 3 * mib, URL: fileURL}),
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(410, -1), "POST /files/ 0+1048576 key=k"},
			{createdAt("/files/two", mib), "PATCH /files/two 1048576+1048576"},
			{answer(404, -1), "POST /files/ 0+1048576 key=k"},
			{createdAt("/files/three", mib), "PATCH /files/three 1048576+1048576"},
			{answer(404, -1), "POST /files/ 0+1048576 key=k"},
			{createdAt("/files/four", mib), "PATCH /files/four 1048576+1048576"},
			{answer(410, -1), "failed upload_gone retryable"},
			{uploader.Retry{}, "POST /files/ 0+1048576 key=k"},
		},
	},
	{
		name:   "and under a new key if the server still responds with the old upload",
		config: withKey(uploader.Config{Length: 3 * mib, URL: fileURL}),
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(410, -1), "POST /files/ 0+1048576 key=k"},
			{created(0), "POST /files/ 0+1048576 key=k.1"},
			{createdAt("/files/two", mib), "PATCH /files/two 1048576+1048576"},
		},
	},
	{
		name:   "a 404 of a proxy does not discard the upload",
		config: withKey(uploader.Config{Length: 3 * mib, URL: fileURL}),
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{foreign(404), "wait server 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{foreign(410), "wait server 1000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
		},
	},
	{
		name:   "nor does it end a creation",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{foreign(404), "wait server 500"},
			{uploader.Due{}, "POST /files/ 0+0"},
			{page(404), "wait server 1000"},
			{uploader.Due{}, "POST /files/ 0+0"},
			{created(0), "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+10"},
		},
	},
	{
		name:   "a proxy that responds to PATCH with 404 is reported after some attempts",
		config: withKey(uploader.Config{Length: 3 * mib, URL: fileURL}),
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(404), "wait server 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(404), "wait server 1000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(404), "wait server 2000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(404), "wait server 4000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(404), "wait server 8000"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(404), "failed request_refused retryable method=PATCH status=404"},
			{uploader.Retry{}, "HEAD /files/abc"},
		},
	},
	{
		name:   "a proxy that blocks HEAD",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{foreign(405), "failed request_refused retryable method=HEAD status=405"},
			{uploader.Retry{}, "HEAD /files/abc"},
		},
	},
	{
		name:   "a proxy that blocks PATCH",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{created(mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(501), "HEAD /files/abc"},
			{answer(200, mib), "POST as PATCH /files/abc 1048576+1048576"},
			{answer(204, 2*mib), "POST as PATCH /files/abc 2097152+1048576"},
			{answer(204, 3*mib), "watch /v1/uploads/abc"},
			{watched(uploader.StateDone), "done"},
		},
	},
	{
		name:   "a proxy that blocks PATCH and its override",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{created(mib), "PATCH /files/abc 1048576+1048576"},
			{foreign(405), "HEAD /files/abc"},
			{answer(200, mib), "POST as PATCH /files/abc 1048576+1048576"},
			{foreign(405), "failed request_refused retryable method=PATCH status=405"},
			{uploader.Retry{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
		},
	},
	{
		name:   "a server that does not allow PATCH is not a proxy that blocks it",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{created(mib), "PATCH /files/abc 1048576+1048576"},
			{problem(405, reason.ProblemMethodNotAllowed), "failed method_not_allowed"},
		},
	},
	{
		name:   "a proxy that blocks DELETE",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Cancel{}, "DELETE /files/abc"},
			{foreign(405), "POST as DELETE /files/abc 0+0"},
			{answer(204, -1), "cancelled"},
		},
	},
	{
		name:   "a proxy that blocks DELETE and its override: the upload is left to expire",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Cancel{}, "DELETE /files/abc"},
			{foreign(405), "POST as DELETE /files/abc 0+0"},
			{foreign(405), "cancelled"},
		},
	},
	{
		name:   "404 for the collection is a wrong setting, not a lost upload",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{answer(404, -1), "failed request_refused retryable method=POST status=404"},
		},
	},
	{
		name:   "a proxy that limits bodies: the chunk is halved down to the minimum, and the ceiling is kept",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{foreign(413), "POST /files/ 0+0"},
			{created(0), "HEAD /files/abc"},
			{answer(200, 0), "PATCH /files/abc 0+524288"},
			{answer(204, 512*kib), "PATCH /files/abc 524288+524288"},
			{foreign(413), "HEAD /files/abc"},
			{answer(200, 512*kib), "PATCH /files/abc 524288+262144"},
			{answer(204, 768*kib), "PATCH /files/abc 786432+262144"},
			{foreign(413), "failed chunk_refused retryable limit=262144"},
		},
	},
	{
		name:   "413 with a problem code is about the file, not the chunk",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{problem(413, "payload_too_large"), "failed payload_too_large"},
		},
	},
	{
		name:   "a creation without a Location",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{answer(201, 10), "failed header_missing retryable header=Location"},
		},
	},
	{
		name:   "a HEAD without an offset",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, -1), "failed header_missing retryable header=Upload-Offset"},
		},
	},
	{
		name:   "headers that the browser hides because the server has another origin",
		config: uploader.Config{Length: 10, CrossOrigin: true},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{answer(201, 10), "failed cors-expose retryable header=Location"},
			{uploader.Retry{}, "POST /files/ 0+10"},
			{created(-1), "HEAD /files/abc"},
			{answer(200, -1), "failed cors-expose retryable header=Upload-Offset"},
		},
	},
	{
		name:   "an offset beyond the end of the file",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, 11), "failed offset_invalid offset=11 size=10"},
		},
	},
	{
		name:   "a file that has changed on disk",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{unreadable{}, "failed file_changed"},
		},
	},
	{
		name:   "pause and resume",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{uploader.Pause{}, "paused"},
			{uploader.Nudge{}, "idle"},
			{uploader.Due{}, "idle"},
			{late{}, "idle"},
			{uploader.Resume{}, "HEAD /files/abc"},
			{answer(200, mib+1), "PATCH /files/abc 1048577+1048576"},
		},
	},
	{
		name:   "a paused creation may have arrived",
		config: uploader.Config{Length: 3 * mib},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576"},
			{uploader.Pause{}, "paused"},
			{uploader.Resume{}, "POST /files/ 0+0"},
		},
	},
	{
		name:   "cancel deletes the upload on the server",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, mib), "PATCH /files/abc 1048576+1048576"},
			{uploader.Cancel{}, "DELETE /files/abc"},
			{answer(423, -1), "wait locked 500"},
			{uploader.Pause{}, "idle"},
			{uploader.Due{}, "DELETE /files/abc"},
			{answer(401, -1), "token"},
			{uploader.TokenReady{}, "DELETE /files/abc"},
			{answer(404, -1), "cancelled"},
		},
	},
	{
		name:   "cancel gives up after some attempts",
		config: uploader.Config{Length: 3 * mib, URL: fileURL},
		exchanges: []exchange{
			{uploader.Cancel{}, "DELETE /files/abc"},
			{broken{}, "wait offline 500"},
			{uploader.Due{}, "DELETE /files/abc"},
			{answer(500, -1), "wait server 1000"},
			{uploader.Due{}, "DELETE /files/abc"},
			{broken{}, "wait offline 2000"},
			{uploader.Due{}, "DELETE /files/abc"},
			{broken{}, "wait offline 4000"},
			{uploader.Due{}, "DELETE /files/abc"},
			{broken{}, "cancelled"},
		},
	},
	{
		name:      "cancel before the creation",
		config:    uploader.Config{Length: 10},
		exchanges: []exchange{{uploader.Cancel{}, "cancelled"}, {uploader.Start{}, "idle"}},
	},
	{
		name:   "a broken watch is repeated, and needs a token like any request",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{created(10), "watch /v1/uploads/abc"},
			{broken{}, "wait offline 500"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{answer(401, -1), "token"},
			{uploader.TokenReady{}, "watch /v1/uploads/abc"},
			{watched("relaying"), "idle"},
			{broken{stalled: true}, "wait stalled 500"},
			{uploader.Due{}, "watch /v1/uploads/abc"},
			{watched("done"), "done"},
		},
	},
	{
		name:   "a failed relay is retried without sending a byte",
		config: uploader.Config{Length: 10},
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10"},
			{created(10), "watch /v1/uploads/abc"},
			{watched("relaying"), "idle"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "failed provider_down retryable"},
			{uploader.Retry{}, "POST /v1/uploads/abc/retry 0+0"},
			{answer(503, -1), "wait server 500"},
			{uploader.Due{}, "POST /v1/uploads/abc/retry 0+0"},
			{answer(202, -1), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Final: true}, "failed relay_failed"},
		},
	},
	{
		name:   "a creation that finds a complete upload with a failed relay retries the relay once",
		config: withKey(uploader.Config{Length: 3 * mib}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k"},
			{created(3 * mib), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "POST /v1/uploads/abc/retry 0+0"},
			{answer(202, -1), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "failed provider_down retryable"},
		},
	},
	{
		name:   "so does a creation that was repeated",
		config: withKey(uploader.Config{Length: 10}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10 key=k"},
			{broken{}, "POST /files/ 0+0 key=k"},
			{created(10), "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "POST /v1/uploads/abc/retry 0+0"},
		},
	},
	{
		name:   "the failed relay of a new upload is reported, not retried",
		config: withKey(uploader.Config{Length: 10}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+10 key=k"},
			{created(10), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "failed provider_down retryable"},
		},
	},
	{
		name:   "a relay whose failure is final is not retried",
		config: withKey(uploader.Config{Length: 3 * mib}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k"},
			{created(3 * mib), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down", Final: true}, "failed provider_down"},
		},
	},
	{
		name:   "a restored upload reports its failed relay",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "failed provider_down retryable"},
		},
	},
	{
		name:   "a creation that finds a partial upload resumes it and measures nothing",
		config: withKey(uploader.Config{Length: 9 * mib}),
		exchanges: []exchange{
			{uploader.Start{}, "POST /files/ 0+1048576 key=k"},
			{created(5 * mib), "PATCH /files/abc 5242880+1048576"},
			{answer(204, 6*mib), "PATCH /files/abc 6291456+1048576"},
		},
	},
	{
		name:   "a retry on a new machine retries the failed relay once",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Retry{}, "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "POST /v1/uploads/abc/retry 0+0"},
			{answer(202, -1), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "failed provider_down retryable"},
		},
	},
	{
		name:   "a retry on a new machine does not apply to a later failure",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Retry{}, "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{watched("relaying"), "idle"},
			{uploader.Watched{State: "failed", Problem: "provider_down"}, "failed provider_down retryable"},
		},
	},
	{
		name:   "a retry of a final failure fails again",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Retry{}, "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{uploader.Watched{State: "failed", Problem: "provider_down", Final: true}, "failed provider_down"},
		},
	},
	{
		name:   "404 for the state of a complete upload: HEAD is tried once",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{answer(404, -1), "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{answer(404, -1), "failed upload_gone retryable"},
		},
	},
	{
		name:   "a server that has lost acknowledged bytes gets them again",
		config: uploader.Config{Length: 10, URL: fileURL},
		exchanges: []exchange{
			{uploader.Start{}, "HEAD /files/abc"},
			{answer(200, 10), "watch /v1/uploads/abc"},
			{watched("uploading"), "wait server 500"},
			{uploader.Due{}, "HEAD /files/abc"},
			{answer(200, 4), "PATCH /files/abc 4+6"},
		},
	},
}

func TestScripts(t *testing.T) {
	for _, s := range scripts {
		t.Run(s.name, func(t *testing.T) { play(t, s.config, s.exchanges, describe) })
	}
}

// play runs a script on a new machine and returns the machine.
func play(t *testing.T, config uploader.Config, exchanges []exchange, describe func(uploader.Action) string) *uploader.Machine {
	t.Helper()
	m := uploader.New(withServer(config))
	request, now := 0, int64(1000)
	for i, e := range exchanges {
		// Every request takes three seconds, so the chunk size stays the same.
		now += 3000
		action := m.Handle(now, numbered(e.event, request))
		if got := describe(action); got != e.want {
			t.Fatalf("exchange %d, after %T%+v: got %q, want %q", i+1, e.event, e.event, got, e.want)
		}
		switch a := action.(type) {
		case uploader.Send:
			request = a.Request
		case uploader.Watch:
			request = a.Request
		}
	}
	return m
}

// withServer adds what all scripts have in common.
func withServer(c uploader.Config) uploader.Config {
	c.Files = "https://media.example/files/"
	c.Uploads = "https://media.example/v1/uploads/"
	c.Assets = "https://media.example/v1/assets"
	c.Random = func() float64 { return 0.5 }
	return c
}

func withDigest(c uploader.Config) uploader.Config {
	c.Metadata = append(c.Metadata, tusproto.Pair{Key: tusproto.KeySHA256, Value: "beef"})
	return c
}

func withKey(c uploader.Config) uploader.Config {
	c.Metadata = append(c.Metadata, tusproto.Pair{Key: tusproto.KeyKey, Value: "k"})
	return c
}

// These are events of the request in flight; numbered adds its number. late is an
// event of the request before it.
type (
	known  struct{ uploader.Event }
	broken struct {
		uploader.Event
		stalled bool
	}
	unsent     struct{ uploader.Event }
	unreadable struct{ uploader.Event }
	late       struct{ uploader.Event }
)

func created(offset int64) uploader.Event {
	return uploader.Answer{Status: 201, Offset: offset, Location: fileURL}
}

func createdAt(location string, offset int64) uploader.Event {
	return uploader.Answer{Status: 201, Offset: offset, Location: location}
}

func answer(status int, offset int64) uploader.Event {
	return uploader.Answer{Status: status, Offset: offset}
}

// foreign is the response of a proxy or gateway.
func foreign(status int) uploader.Event {
	return uploader.Answer{Status: status, Offset: -1, Foreign: true}
}

// page is a page to sign in, in place of the server's response.
func page(status int) uploader.Event {
	return uploader.Answer{Status: status, Offset: -1, Foreign: true, Page: true}
}

func problem(status int, code reason.Code) uploader.Event {
	return uploader.Answer{Status: status, Offset: -1, Problem: code}
}

func watched(state uploader.ServerState) uploader.Event { return uploader.Watched{State: state} }

func numbered(e uploader.Event, request int) uploader.Event {
	switch e := e.(type) {
	case uploader.Answer:
		e.Request = request
		return e
	case uploader.Watched:
		e.Request = request
		return e
	case known:
		return uploader.Known{Request: request}
	case broken:
		return uploader.Broken{Request: request, Stalled: e.stalled}
	case unsent:
		return uploader.Unsent{Request: request}
	case unreadable:
		return uploader.Unreadable{Request: request}
	case late:
		return uploader.Answer{Request: request - 1, Status: 500, Offset: -1}
	}
	return e
}

// describe writes an action as a short text.
func describe(a uploader.Action) string {
	switch a := a.(type) {
	case uploader.Send:
		return describeSend(a)
	case uploader.Watch:
		return "watch " + path(a.URL)
	case uploader.Wait:
		return fmt.Sprintf("wait %s %d", a.Reason, a.Milliseconds)
	case uploader.Failed:
		return describeFailure(a)
	case uploader.NeedToken:
		return "token"
	}
	name := fmt.Sprintf("%T", a)
	return strings.ToLower(name[strings.IndexByte(name, '.')+1:])
}

func describeSend(s uploader.Send) string {
	text := s.Method + asMethod(s) + " " + path(s.URL)
	if s.Method == "POST" || s.Method == "PATCH" {
		text += fmt.Sprintf(" %d+%d", s.Offset, s.Length)
	}
	if key := keyOf(s); key != "" {
		text += " key=" + key
	}
	return text
}

// asMethod is the method that a POST stands for.
func asMethod(s uploader.Send) string {
	for _, h := range s.Headers {
		if h.Name == tusproto.HeaderMethodOverride {
			return " as " + h.Value
		}
	}
	return ""
}

// keyOf returns the client's key from the metadata of a creation.
func keyOf(s uploader.Send) string {
	for _, h := range s.Headers {
		if h.Name == tusproto.HeaderMetadata {
			pairs, _ := tusproto.DecodeMetadata(h.Value)
			key, _ := tusproto.Lookup(pairs, tusproto.KeyKey)
			return key
		}
	}
	return ""
}

func describeFailure(f uploader.Failed) string {
	text := "failed " + string(f.Code)
	if f.Retryable {
		text += " retryable"
	}
	for _, fact := range f.Facts {
		value := fact.Text
		if fact.IsNumber {
			value = fmt.Sprint(fact.Number)
		}
		text += " " + fact.Name + "=" + value
	}
	return text
}

func path(url string) string { return strings.TrimPrefix(url, "https://media.example") }
