//go:build !js

package main

import (
	"reflect"
	"testing"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

func TestReadEvent(t *testing.T) {
	for _, c := range []struct {
		name  string
		words eventWords
		want  uploader.Event
	}{
		{"start", eventWords{event: 0}, uploader.Start{}},
		{"pause", eventWords{event: 1}, uploader.Pause{}},
		{"resume", eventWords{event: 2}, uploader.Resume{}},
		{"cancel", eventWords{event: 3}, uploader.Cancel{}},
		{"retry", eventWords{event: 4}, uploader.Retry{}},
		{"due", eventWords{event: 5}, uploader.Due{}},
		{"nudge", eventWords{event: 6}, uploader.Nudge{}},
		{"token ready", eventWords{event: 7}, uploader.TokenReady{}},
		{"token denied", eventWords{event: 8}, uploader.TokenDenied{}},
		{
			"answer",
			eventWords{9, 3, 201, 104_857_600, 1500, []byte("/files/é\x00\x00")},
			uploader.Answer{Request: 3, Status: 201, Offset: 104_857_600, RetryAfter: 1500, Location: "/files/é"},
		},
		{
			"answer with a problem",
			eventWords{9, 3, 403, -1, 0, []byte("\x00forbidden\x00")},
			uploader.Answer{Request: 3, Status: 403, Offset: -1, Problem: "forbidden"},
		},
		{
			"answer of a proxy",
			eventWords{9, 3, 404, -1, 0, []byte("\x00\x00foreign\x00")},
			uploader.Answer{Request: 3, Status: 404, Offset: -1, Foreign: true},
		},
		{
			"page of a proxy",
			eventWords{9, 3, 200, -1, 0, []byte("\x00\x00page\x00")},
			uploader.Answer{Request: 3, Status: 200, Offset: -1, Foreign: true, Page: true},
		},
		{"answer without its fields", eventWords{event: 9, request: 3}, nil},
		{"broken", eventWords{event: 10, request: 4}, uploader.Broken{Request: 4}},
		{"stalled", eventWords{event: 10, request: 4, status: 1}, uploader.Broken{Request: 4, Stalled: true}},
		{"unsent", eventWords{event: 11, request: 5}, uploader.Unsent{Request: 5}},
		{"unreadable", eventWords{event: 12, request: 6}, uploader.Unreadable{Request: 6}},
		{"known", eventWords{event: 13, request: 7}, uploader.Known{Request: 7}},
		{
			"watched",
			eventWords{event: 14, request: 8, text: []byte("relaying\x00\x00")},
			uploader.Watched{Request: 8, State: uploader.StateRelaying},
		},
		{
			"watched to a final failure",
			eventWords{event: 14, request: 8, status: 1, text: []byte("failed\x00x\x00")},
			uploader.Watched{Request: 8, State: uploader.StateFailed, Problem: "x", Final: true},
		},
		{"unknown event", eventWords{event: 15, text: []byte("\x00\x00")}, nil},
		{"negative event", eventWords{event: -1}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := readEvent(c.words)
			if ok != (c.want != nil) || !reflect.DeepEqual(got, c.want) {
				t.Errorf("readEvent(%+v) = %#v, %t; want %#v", c.words, got, ok, c.want)
			}
		})
	}
}

func TestReadQuestion(t *testing.T) {
	got, ok := readQuestion([]byte("a b.jpg\x00image/jpeg\x00image,video\x00\x00message,template\x00"), 7)
	want := preflight.Question{
		Filename: "a b.jpg", DeclaredType: "image/jpeg", Size: 7,
		Kinds:    []media.Kind{media.KindImage, media.KindVideo},
		Purposes: []media.Purpose{media.PurposeMessage, media.PurposeTemplate},
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %t; want %+v", got, ok, want)
	}
	for _, bad := range []string{"", "a\x00b\x00\x00\x00", "a\x00b\x00film\x00\x00message\x00", "a\x00b\x00\x00\x00fun\x00"} {
		if q, ok := readQuestion([]byte(bad), 7); ok {
			t.Errorf("%q was accepted as %+v", bad, q)
		}
	}
}

func TestReadConfig(t *testing.T) {
	got, ok := readConfig([]byte("f/\x00u/\x00a\x00\x00key\x00k\x00note\x00\x00"))
	want := uploader.Config{
		Files: "f/", Uploads: "u/", Assets: "a",
		Metadata: []tusproto.Pair{{Key: "key", Value: "k"}, {Key: "note", Value: ""}},
	}
	if !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %t; want %+v", got, ok, want)
	}
	for _, bad := range []string{"", "f/\x00u/\x00a\x00", "f/\x00u/\x00a\x00\x00key\x00"} {
		if c, ok := readConfig([]byte(bad)); ok {
			t.Errorf("%q was accepted as %+v", bad, c)
		}
	}
}
