package provider

import (
	"strings"
	"testing"
)

func TestSendAs(t *testing.T) {
	for _, tt := range []struct{ name, mediaType, want string }{
		{"Price list 2026.pdf", "application/pdf", "Price list 2026.pdf"},
		{"Preisliste für März.PDF", "application/pdf", "Preisliste für März.pdf"},
		{"scan.docx", "application/pdf", "scan.pdf"},
		{"photo.jpeg", "image/jpeg", "photo.jpeg"},
		{"v1.2 final", "application/pdf", "v1.2 final.pdf"},
		{`C:\work\a:b?.pdf`, "application/pdf", "a-b-.pdf"},
		{"  two \t  spaces .pdf", "application/pdf", "two spaces.pdf"},
		{"ab\u202egpj.pdf", "application/pdf", "abgpj.pdf"},
		{"...", "application/pdf", "file.pdf"},
		{"list.csv", "text/csv", "list.csv"},
		{strings.Repeat("ж", 300) + ".pdf", "application/pdf", strings.Repeat("ж", 236) + ".pdf"},
	} {
		if got := SendAs(tt.name, tt.mediaType); got != tt.want {
			t.Errorf("SendAs(%q, %s) = %q, want %q", tt.name, tt.mediaType, got, tt.want)
		}
	}
}
