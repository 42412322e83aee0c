package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/reason/catalogue"
)

type jsonVerdict struct {
	File    string            `json:"file"`
	Kind    media.Kind        `json:"kind"`
	Type    string            `json:"type"`
	Size    int64             `json:"size"`
	Verdict preflight.Outcome `json:"verdict"`
	Reasons []jsonReason      `json:"reasons"`
}

type jsonReason struct {
	Code    reason.Code `json:"code"`
	Message string      `json:"message"`
	Fixes   []jsonFix   `json:"fixes"`
}

type jsonFix struct {
	Code    reason.Fix `json:"code"`
	Message string     `json:"message"`
}

// report is what is said of one file in a language.
type report struct {
	checked
	lang string
}

// writeJSON writes a file for programs, as one line.
func (r report) writeJSON(out io.Writer) error {
	v := jsonVerdict{File: r.name, Kind: r.verdict.Kind, Type: r.verdict.Type, Size: r.size, Verdict: r.verdict.Outcome, Reasons: []jsonReason{}}
	for _, item := range r.verdict.Reasons {
		v.Reasons = append(v.Reasons, r.reason(item))
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

func (r report) reason(item reason.Reason) jsonReason {
	out := jsonReason{Code: item.Code, Message: catalogue.Sentence(r.lang, item), Fixes: []jsonFix{}}
	for _, fix := range item.Fixes {
		out.Fixes = append(out.Fixes, jsonFix{Code: fix, Message: catalogue.Fix(r.lang, fix)})
	}
	return out
}

// marks stand in front of a verdict, so that a long list can be scanned by its first column.
var marks = map[preflight.Outcome]string{
	preflight.Accept: "✓ accept",
	preflight.Warn:   "! warn",
	preflight.Refuse: "✗ refuse",
}

// block writes a file for people:
//
//	✗ refuse  clip.mp4
//	          video · video/mp4 · 2.1 MB
//	          This video uses H.265, and WhatsApp supports only H.264. …
//	            → Convert the video to MP4 with H.264 and AAC.
func (r report) block() string {
	const indent = "          "
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s%s\n%s%s\n", marks[r.verdict.Outcome], r.name, indent, r.summary())
	for _, item := range r.verdict.Reasons {
		fmt.Fprintf(&b, "%s%s\n", indent, catalogue.Sentence(r.lang, item))
		for _, fix := range item.Fixes {
			fmt.Fprintf(&b, "%s  → %s\n", indent, catalogue.Fix(r.lang, fix))
		}
	}
	return b.String()
}

func (r report) summary() string {
	var parts []string
	for _, part := range []string{string(r.verdict.Kind), r.verdict.Type} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(parts, catalogue.Bytes(r.lang, r.size)), " · ")
}
