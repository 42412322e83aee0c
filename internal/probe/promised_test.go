package probe_test

import (
	"testing"

	"mediarelay/internal/probe"
)

func TestTheFirstBytesPromiseAType(t *testing.T) {
	for name, c := range map[string]struct{ head, want string }{
		"JPEG":            {"\xFF\xD8\xFF\xE0", "image/jpeg"},
		"PNG":             {"\x89PNG\r\n\x1a\n", "image/png"},
		"PDF":             {"%PDF-1.7\n", "application/pdf"},
		"MP4":             {"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00", "video/mp4"},
		"sound of Apple":  {"\x00\x00\x00\x20ftypM4A \x00\x00\x02\x00", ""},
		"QuickTime":       {"\x00\x00\x00\x14ftypqt  \x00\x00\x02\x00", ""},
		"a phone's video": {"\x00\x00\x00\x14ftyp3gp4\x00\x00\x02\x00", ""},
		"HEIC":            {"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", ""},
		"no brand":        {"\x00\x00\x00\x20ftyp", ""},
		"boxes":           {"\x00\x00\x00\x08free\x00\x00\x10\x00mdat", ""},
		"a text":          {"Get free coffee", ""},
		"nothing":         {"", ""},
	} {
		if got := probe.Promised([]byte(c.head)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
