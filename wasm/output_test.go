//go:build !js

package main

import (
	"encoding/json"
	"reflect"
	"testing"

	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/uploader"
)

// Every text survives encoding to JSON and decoding.
func TestAppendText(t *testing.T) {
	for in, want := range map[string]string{
		"":                         "",
		`"quoted" \ back`:          `"quoted" \ back`,
		"tab\tline\nnul\x00bell\a": "tab\tline\nnul\x00bell\a",
		"Grüße 日本 👋 \u2028":        "Grüße 日本 👋 \u2028",
		"not \xff UTF-8":           "not \ufffd UTF-8",
	} {
		var got string
		if err := json.Unmarshal(appendText(nil, in), &got); err != nil || got != want {
			t.Errorf("%q came back as %q, %v", in, got, err)
		}
	}
}

func TestAppendVerdict(t *testing.T) {
	sameJSON(t, appendVerdict(nil, preflight.Verdict{
		Outcome: preflight.Refuse, Kind: "video", Type: "video/mp4",
		Reasons: []reason.Reason{
			{
				Code: "too_long", Severity: reason.Refuse,
				Facts: []reason.Fact{reason.Bytes("size", 1<<40), reason.Text("name", `a"b`)},
				Fixes: []reason.Fix{"cut", "choose_another_file"},
			},
			{Code: "odd", Severity: reason.Warn},
		},
	}), `{"outcome":"refuse","kind":"video","type":"video/mp4","reasons":[
		{"code":"too_long","severity":"refuse",
		 "facts":[{"name":"size","number":1099511627776,"unit":"bytes"},{"name":"name","text":"a\"b"}],
		 "fixes":["cut","choose_another_file"]},
		{"code":"odd","severity":"warn","facts":[],"fixes":[]}]}`)
	sameJSON(t, appendVerdict(nil, preflight.Verdict{Outcome: preflight.Accept}),
		`{"outcome":"accept","kind":"","type":"","reasons":[]}`)
}

func TestAppendAction(t *testing.T) {
	machine := uploader.New(uploader.Config{URL: "https://h/files/x"})
	const facts = `"accepted":0,"ceiling":16777216,"upload":"https://h/files/x","damaged":0`
	for _, c := range []struct {
		action uploader.Action
		want   string
	}{
		{uploader.Idle{}, `"do":"idle"`},
		{uploader.NeedToken{}, `"do":"need-token"`},
		{uploader.Paused{}, `"do":"paused"`},
		{uploader.Done{}, `"do":"done"`},
		{uploader.Refused{}, `"do":"refused"`},
		{uploader.Cancelled{}, `"do":"cancelled"`},
		{
			uploader.Wait{Milliseconds: 500, Reason: uploader.WaitOffline},
			`"do":"wait","milliseconds":500,"reason":"offline"`,
		},
		{
			uploader.Watch{Request: 4, URL: "u"},
			`"do":"watch","request":4,"url":"u"`,
		},
		{
			uploader.Failed{Code: "c", Retryable: true, Facts: []reason.Fact{reason.Text("header", "Location")}},
			`"do":"failed","code":"c","retryable":true,"facts":[{"name":"header","text":"Location"}]`,
		},
		{
			uploader.Send{
				Request: 2, Purpose: uploader.Chunk, Method: "PATCH", URL: "u", Offset: 3, Length: 5, Checksum: true, StallAfter: 15,
				Headers: []uploader.Header{{Name: "A", Value: "1"}, {Name: "B", Value: "2"}},
			},
			`"do":"send","request":2,"purpose":"chunk","method":"PATCH","url":"u","offset":3,"length":5,
			 "checksum":true,"stallAfter":15,"headers":[["A","1"],["B","2"]]`,
		},
	} {
		sameJSON(t, appendAction(nil, machine, c.action), "{"+facts+","+c.want+"}")
	}
}

func sameJSON(t *testing.T, got []byte, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
