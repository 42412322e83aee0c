package httpapi_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mediarelay/internal/httpapi"
	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

// wantJSON compares a body with a document, member by member. "*" matches any text.
func wantJSON(t *testing.T, body, want string) {
	t.Helper()
	var have, wanted any
	if err := json.Unmarshal([]byte(body), &have); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		t.Fatal(err)
	}
	if !matches(have, wanted) {
		t.Errorf("got  %s\nwant %s", body, want)
	}
}

func matches(have, want any) bool {
	switch want := want.(type) {
	case string:
		text, isText := have.(string)
		return isText && (want == "*" && text != "" || text == want)
	case []any:
		list, isList := have.([]any)
		if !isList || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !matches(list[i], want[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		object, isObject := have.(map[string]any)
		if !isObject || len(object) != len(want) {
			return false
		}
		for name := range want {
			if !matches(object[name], want[name]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(have, want)
}

const assetDocument = `{
	"id": "as_1", "sha256": "` + digest + `", "filename": "holiday.jpg", "send_as": "holiday.jpg", "tags": [],
	"type": "image/jpeg", "kind": "image", "size": 1000,
	"created_at": "2026-11-21T07:00:00Z", "created_by": "ada",
	"media_id": "1037543291543636", "media_id_expires_at": "2100-01-01T00:00:00Z"}`

func TestUploadInEachState(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*library.Upload)
		want string
	}{
		{
			"uploading", func(*library.Upload) {},
			`{"id": "` + uploadID + `", "state": "uploading", "offset": 400, "length": 1000, "purpose": ["message", "template"]}`,
		},
		{"relaying", func(u *library.Upload) {
			u.State = library.StateRelaying
			u.Verdict = &preflight.Verdict{Outcome: preflight.Accept, Kind: media.KindImage, Type: "image/jpeg"}
		}, `{"id": "` + uploadID + `", "state": "relaying", "offset": 1000, "length": 1000, "purpose": ["message", "template"],
			"verdict": {"outcome": "accept", "kind": "image", "type": "image/jpeg", "reasons": []}}`},
		{
			"done", func(u *library.Upload) { u.State, u.AssetID = library.StateDone, assetID },
			`{"id": "` + uploadID + `", "state": "done", "offset": 1000, "length": 1000, "purpose": ["message", "template"],
			"asset": ` + assetDocument + `}`,
		},
		{"refused", func(u *library.Upload) {
			u.State = library.StateRefused
			u.Verdict = &preflight.Verdict{Outcome: preflight.Refuse, Kind: media.KindImage, Type: "image/jpeg", Reasons: []reason.Reason{{
				Code: reason.ProblemPayloadTooLarge, Severity: reason.Refuse,
				Facts: []reason.Fact{reason.Bytes("limit", 5<<20), reason.Text("name", "a.jpg")},
				Fixes: []reason.Fix{"choose_another_file"},
			}}}
		}, `{"id": "` + uploadID + `", "state": "refused", "offset": 1000, "length": 1000, "purpose": ["message", "template"],
			"verdict": {"outcome": "refuse", "kind": "image", "type": "image/jpeg", "reasons": [{
				"code": "payload_too_large", "severity": "refuse", "message": "This file is too large. The limit is 5 MB.",
				"facts": {"limit": 5242880, "name": "a.jpg"},
				"fixes": [{"code": "choose_another_file", "message": "*"}]}]}}`},
		{"failed", func(u *library.Upload) {
			u.State = library.StateFailed
			u.Problem = &library.Problem{
				Reason: reason.Reason{Code: reason.ProblemUnavailable}, Retryable: true, Detail: "status 502, fbtrace_id Axy",
			}
		}, `{"id": "` + uploadID + `", "state": "failed", "offset": 1000, "length": 1000, "purpose": ["message", "template"],
			"problem": {"code": "unavailable", "title": "*", "detail": "status 502, fbtrace_id Axy", "retryable": true}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, nil)
			tt.edit(&w.library.upload)
			r := w.ask("GET", "/v1/uploads/"+uploadID, "ada")
			if r.StatusCode != 200 || r.Header.Get("Content-Type") != "application/json; charset=utf-8" {
				t.Errorf("status %d, type %s", r.StatusCode, r.Header.Get("Content-Type"))
			}
			wantJSON(t, r.body, tt.want)
		})
	}
}

func TestRetryOfAFailedUpload(t *testing.T) {
	w := newWorld(t, nil)
	wantProblem(t, w.ask("POST", "/v1/uploads/"+uploadID+"/retry", "ada"), 409, "conflict")
	w.library.upload.State = library.StateFailed
	r := w.ask("POST", "/v1/uploads/"+uploadID+"/retry", "ada")
	if r.StatusCode != 202 || r.json(t)["state"] != "checking" {
		t.Errorf("status %d: %s", r.StatusCode, r.body)
	}
}

func TestAFinalFailureIsNotRetried(t *testing.T) {
	w := newWorld(t, nil)
	w.library.upload.State = library.StateFailed
	w.library.upload.Problem = &library.Problem{Reason: reason.Reason{Code: reason.ProviderRefused}}
	r := w.ask("POST", "/v1/uploads/"+uploadID+"/retry", "ada")
	wantProblem(t, r, 409, "conflict")
	if detail, _ := r.json(t)["detail"].(string); !strings.Contains(detail, "not retryable") {
		t.Errorf("detail %q", detail)
	}
}

func TestAFullDatabaseIsStorageFull(t *testing.T) {
	w := newWorld(t, nil)
	w.library.err = fmt.Errorf("begin: %w", library.ErrFull)
	wantProblem(t, w.ask("POST", "/v1/uploads/"+uploadID+"/retry", "ada"), 507, "storage_full")
}

func TestAssetIncludesOnlyValidCopies(t *testing.T) {
	w := newWorld(t, nil)
	wantJSON(t, w.ask("GET", "/v1/assets/"+assetID, "reader").body, assetDocument)
}

// A copy expires by the library's clock, not by the clock of this host.
func TestCopiesExpireByTheConfiguredClock(t *testing.T) {
	for _, tt := range []struct {
		year int
		want []string
	}{{2019, []string{"media_id", "handle"}}, {2050, []string{"media_id"}}, {2101, nil}} {
		w := newWorld(t, func(c *httpapi.Config) {
			c.Now = func() time.Time { return time.Date(tt.year, 1, 1, 0, 0, 0, 0, time.UTC) }
		})
		w.library.upload.State, w.library.upload.AssetID = library.StateDone, assetID
		w.library.page = library.AssetPage{Items: []library.Asset{w.library.asset}}
		for path, shown := range map[string]any{
			"/v1/assets/" + assetID:   w.ask("GET", "/v1/assets/"+assetID, "ada").json(t),
			"/v1/assets":              w.ask("GET", "/v1/assets", "ada").json(t)["items"].([]any)[0],
			"/v1/uploads/" + uploadID: w.ask("GET", "/v1/uploads/"+uploadID, "ada").json(t)["asset"],
		} {
			var got []string
			for _, name := range []string{"media_id", "handle"} {
				if _, ok := shown.(map[string]any)[name]; ok {
					got = append(got, name)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s in %d shows %v, want %v", path, tt.year, got, tt.want)
			}
		}
	}
}

func TestPageOfAssets(t *testing.T) {
	w := newWorld(t, nil)
	wantJSON(t, w.ask("GET", "/v1/assets", "ada").body, `{"items": [], "next": null}`)
	w.library.page = library.AssetPage{Items: []library.Asset{w.library.asset}, Next: "c2"}
	path := "/v1/assets?kind=image&q=holi%20day&sha256=" + digest + "&cursor=c1&limit=200"
	wantJSON(t, w.ask("GET", path, "ada").body, `{"items": [`+assetDocument+`], "next": "c2"}`)
	want := library.AssetQuery{Channel: "acme", Kind: media.KindImage, Text: "holi day", SHA256: digest, Cursor: "c1", Limit: 200}
	if w.library.query != want {
		t.Errorf("asked for %+v\nwant      %+v", w.library.query, want)
	}
}

func TestInvalidQueries(t *testing.T) {
	w := newWorld(t, nil)
	for query, want := range map[string]string{
		"kind=hologram":      "kind must be one of",
		"limit=0":            "limit must be a number from 1 to 200",
		"limit=201":          "limit must be a number from 1 to 200",
		"limit=many":         "limit must be a number from 1 to 200",
		"sha256=E3B0":        "sha256 must be 64 lower-case hexadecimal digits",
		"q=%00":              "q must be UTF-8 text of at most 512 bytes",
		"q=%ff":              "q must be UTF-8 text of at most 512 bytes",
		"limit=0&kind=x&q=a": "kind must be one of [image video audio document sticker].\nlimit must be",
	} {
		t.Run(query, func(t *testing.T) {
			r := w.ask("GET", "/v1/assets?"+query, "ada")
			wantProblem(t, r, 400, "bad_request")
			if detail, _ := r.json(t)["detail"].(string); len(detail) < len(want) || detail[:len(want)] != want {
				t.Errorf("detail %q, want %q", detail, want)
			}
		})
	}
	w.library.err = library.ErrNotFound
	wantProblem(t, w.ask("GET", "/v1/assets?cursor=made-up", "ada"), 400, "bad_request")
}
