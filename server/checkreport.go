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

// writeJSON writes a file for programs, as one line.
func writeJSON(out io.Writer, c checked) error {
	v := jsonVerdict{File: c.name, Kind: c.verdict.Kind, Type: c.verdict.Type, Size: c.size, Verdict: c.verdict.Outcome, Reasons: []jsonReason{}}
	for _, item := range c.verdict.Reasons {
		v.Reasons = append(v.Reasons, jsonReasonOf(item))
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

func jsonReasonOf(item reason.Reason) jsonReason {
	out := jsonReason{Code: item.Code, Message: catalogue.Sentence(catalogue.Fallback, item), Fixes: []jsonFix{}}
	for _, fix := range item.Fixes {
		out.Fixes = append(out.Fixes, jsonFix{Code: fix, Message: catalogue.Fix(catalogue.Fallback, fix)})
	}
	return out
}

// marks stand in front of a verdict, so that a long list can be read by its edge.
var marks = map[preflight.Outcome]string{
	preflight.Accept: "✓ accept",
	preflight.Warn:   "! warn",
	preflight.Refuse: "✗ refuse",
}

// block writes a file for people:
//
//	✗ refuse  clip.mp4
//	          video · video/mp4 · 2.1 MB
//	          This video is coded in H.265. …
//	            → Convert the video to MP4 with H.264 and AAC.
func block(c checked) string {
	const indent = "          "
	var b strings.Builder
	fmt.Fprintf(&b, "%-10s%s\n%s%s\n", marks[c.verdict.Outcome], c.name, indent, summary(c))
	for _, item := range c.verdict.Reasons {
		fmt.Fprintf(&b, "%s%s\n", indent, catalogue.Sentence(catalogue.Fallback, item))
		for _, fix := range item.Fixes {
			fmt.Fprintf(&b, "%s  → %s\n", indent, catalogue.Fix(catalogue.Fallback, fix))
		}
	}
	return b.String()
}

func summary(c checked) string {
	var parts []string
	for _, part := range []string{string(c.verdict.Kind), c.verdict.Type} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(append(parts, catalogue.Bytes(catalogue.Fallback, c.size)), " · ")
}
