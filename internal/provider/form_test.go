package provider

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
)

// TestForm parses a form as a server does.
func TestForm(t *testing.T) {
	content := bytes.Repeat([]byte("jpeg"), 1000)
	form, err := NewForm(
		[]FormField{{"messaging_product", "whatsapp"}},
		FormFile{Field: "file", Filename: "photo.jpg", Type: "image/jpeg", Size: int64(len(content)), Content: bytes.NewReader(content)},
	)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(form.Body)
	if err != nil || int64(len(raw)) != form.Body.Length() {
		t.Fatalf("%d bytes, %v, want %d", len(raw), err, form.Body.Length())
	}
	_, parameters, err := mime.ParseMediaType(form.ContentType)
	if err != nil {
		t.Fatal(err)
	}
	parts := multipart.NewReader(bytes.NewReader(raw), parameters["boundary"])
	for _, want := range []struct{ name, filename, mediaType, content string }{
		{"messaging_product", "", "", "whatsapp"},
		{"file", "photo.jpg", "image/jpeg", string(content)},
	} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(part)
		if part.FormName() != want.name || part.FileName() != want.filename ||
			part.Header.Get("Content-Type") != want.mediaType || string(got) != want.content {
			t.Errorf("%v with %d bytes, want %s", part.Header, len(got), want.name)
		}
	}
}

func TestEveryFormHasItsOwnBoundary(t *testing.T) {
	one, _ := NewForm(nil, FormFile{Field: "file", Content: strings.NewReader("")})
	two, _ := NewForm(nil, FormFile{Field: "file", Content: strings.NewReader("")})
	if one.ContentType == two.ContentType {
		t.Errorf("both have %s", one.ContentType)
	}
}

func TestWireFilename(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, row := range []struct{ name, mediaType, want string }{
		{"summer.jpg", "image/jpeg", "summer.jpg"},
		{"summer.JPEG", "image/jpeg", "summer.jpeg"},
		{"summer.png", "image/jpeg", "summer.jpg"},
		{"summer", "image/jpeg", "summer.jpg"},
		{"report.v2", "application/pdf", "report.v2.pdf"},
		{"Grüße aus Köln.pdf", "application/pdf", "Gr-e-aus-K-ln.pdf"},
		{"夏.mp4", "video/mp4", "file.mp4"},
		{"", "video/mp4", "file.mp4"},
		{"..", "video/mp4", "file.mp4"},
		{"../../etc/passwd", "text/plain", "passwd.txt"},
		{`C:\clips\one.mp4`, "video/mp4", "one.mp4"},
		{"-rf.mp4", "video/mp4", "rf.mp4"},
		{"a\r\nb\".mp4", "video/mp4", "a-b.mp4"},
		{long + ".mp4", "video/mp4", long[:96] + ".mp4"},
		{"notes.xyz", "unknown/type", "notes.xyz"},
	} {
		if got := WireFilename(row.name, row.mediaType); got != row.want {
			t.Errorf("WireFilename(%q, %s) = %q, want %q", row.name, row.mediaType, got, row.want)
		}
	}
}

// FuzzWireFilename: the result is never special to a header, a shell or a file system.
func FuzzWireFilename(f *testing.F) {
	f.Add("a/../b.mp4", "video/mp4")
	f.Add("\x00\r\n", "image/jpeg")
	f.Fuzz(func(t *testing.T, name, mediaType string) {
		got := WireFilename(name, mediaType)
		if got == "" || len(got) > MaxFilenameBytes || got[0] == '.' || got[0] == '-' {
			t.Errorf("WireFilename(%q) = %q", name, got)
		}
		if strings.ContainsFunc(got, func(r rune) bool { return !strings.ContainsRune(wireAlphabet, r) }) {
			t.Errorf("WireFilename(%q) = %q", name, got)
		}
	})
}

const wireAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
