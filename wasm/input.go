package main

import (
	"bytes"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/tusproto"
	"mediarelay/internal/uploader"
)

// The numbers of events, as in web/src/worker/wasm.d.ts.
const (
	eventStart int32 = iota
	eventPause
	eventResume
	eventCancel
	eventRetry
	eventDue
	eventNudge
	eventTokenReady
	eventTokenDenied
	eventAnswer     // status, offset, retryAfter; fields: location, problem, and "foreign" or "page" if foreign
	eventBroken     // status: 1 if stalled
	eventUnsent     //
	eventUnreadable //
	eventKnown      //
	eventWatched    // status: 1 if final; fields: state, problem
)

// eventWords has the parameters of mediarelay_upload_event.
type eventWords struct {
	event, request, status int32
	offset, retryAfter     float64
	text                   []byte
}

// fields splits a text into fields, each ended by a NUL.
func fields(text []byte) []string {
	var list []string
	for len(text) > 0 {
		field, rest, _ := bytes.Cut(text, []byte{0})
		list = append(list, string(field))
		text = rest
	}
	return list
}

// readQuestion reads the fields filename, declared type, kinds, kind, purposes.
func readQuestion(text []byte, size int64) (preflight.Question, bool) {
	f := fields(text)
	if len(f) != 5 {
		return preflight.Question{}, false
	}
	kinds, badKind := media.ParseKinds(f[2])
	purposes, badPurpose := media.ParsePurposes(f[4])
	if badKind != "" || badPurpose != "" {
		return preflight.Question{}, false
	}
	return preflight.Question{
		Filename: f[0], DeclaredType: f[1], Size: size,
		Kinds: kinds, Kind: media.Kind(f[3]), Purposes: purposes,
	}, true
}

// readConfig reads the fields files, uploads, assets, URL, and then each key of
// the metadata with its value.
func readConfig(text []byte) (uploader.Config, bool) {
	f := fields(text)
	if len(f) < 4 || len(f)%2 != 0 {
		return uploader.Config{}, false
	}
	config := uploader.Config{Files: f[0], Uploads: f[1], Assets: f[2], URL: f[3]}
	for i := 4; i < len(f); i += 2 {
		config.Metadata = append(config.Metadata, tusproto.Pair{Key: f[i], Value: f[i+1]})
	}
	return config, true
}

func readEvent(w eventWords) (uploader.Event, bool) {
	if w.event >= eventAnswer {
		return readReport(w)
	}
	switch w.event {
	case eventStart:
		return uploader.Start{}, true
	case eventPause:
		return uploader.Pause{}, true
	case eventResume:
		return uploader.Resume{}, true
	case eventCancel:
		return uploader.Cancel{}, true
	case eventRetry:
		return uploader.Retry{}, true
	case eventDue:
		return uploader.Due{}, true
	case eventNudge:
		return uploader.Nudge{}, true
	case eventTokenReady:
		return uploader.TokenReady{}, true
	case eventTokenDenied:
		return uploader.TokenDenied{}, true
	}
	return nil, false
}

// readReport reads the result of a request.
func readReport(w eventWords) (uploader.Event, bool) {
	number := int(w.request)
	switch w.event {
	case eventBroken:
		return uploader.Broken{Request: number, Stalled: w.status == 1}, true
	case eventUnsent:
		return uploader.Unsent{Request: number}, true
	case eventUnreadable:
		return uploader.Unreadable{Request: number}, true
	case eventKnown:
		return uploader.Known{Request: number}, true
	}
	f := fields(w.text)
	switch {
	case w.event == eventAnswer && (len(f) == 2 || len(f) == 3):
		return uploader.Answer{
			Request: number, Status: int(w.status), Offset: int64(w.offset), RetryAfter: int64(w.retryAfter),
			Location: f[0], Problem: reason.Code(f[1]), Foreign: len(f) == 3, Page: len(f) == 3 && f[2] == "page",
		}, true
	case w.event == eventWatched && len(f) == 2:
		return uploader.Watched{
			Request: number, State: uploader.ServerState(f[0]),
			Problem: reason.Code(f[1]), Final: w.status == 1,
		}, true
	}
	return nil, false
}
