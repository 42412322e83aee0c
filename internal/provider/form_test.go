package provider

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"
	"testing/iotest"
)

// TestForm reads a form back as a server does.
func TestForm(t *testing.T) {
	content := bytes.Repeat([]byte("jpeg"), 1000)
	form, err := NewForm(
		[]FormField{{"messaging_product", "whatsapp"}},
		FormFile{Field: "file", Filename: "photo.jpg", Type: "image/jpeg", Size: int64(len(content)), Body: bytes.NewReader(content)},
	)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(form.Body)
	if err != nil || int64(len(raw)) != form.Length {
		t.Fatalf("%d bytes, %v, want the announced %d", len(raw), err, form.Length)
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

func TestFormsHaveTheirOwnBoundary(t *testing.T) {
	one, _ := NewForm(nil, FormFile{Field: "file", Body: strings.NewReader("")})
	two, _ := NewForm(nil, FormFile{Field: "file", Body: strings.NewReader("")})
	if one.ContentType == two.ContentType {
		t.Errorf("both say %s", one.ContentType)
	}
}

func TestExactly(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, row := range []struct {
		name string
		from io.Reader
		size int64
		want string
		err  error
	}{
		{"exact", strings.NewReader("12345"), 5, "12345", nil},
		{"exact, with the end in the last read", iotest.DataErrReader(strings.NewReader("12345")), 5, "12345", nil},
		{"exact, in single bytes", iotest.OneByteReader(strings.NewReader("12345")), 5, "12345", nil},
		{"empty", strings.NewReader(""), 0, "", nil},
		{"short", strings.NewReader("1234"), 5, "1234", ErrBodyLength},
		{"long: the last read is held back", iotest.OneByteReader(strings.NewReader("123456")), 5, "1234", ErrBodyLength},
		{"not empty", strings.NewReader("1"), 0, "", ErrBodyLength},
		{"broken", io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), 5, "12", broken},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, err := io.ReadAll(Exactly(row.from, row.size))
			if string(got) != row.want || !errors.Is(err, row.err) {
				t.Errorf("%q, %v, want %q, %v", got, err, row.want, row.err)
			}
		})
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

// FuzzWireFilename: no name and no type gives a name that a header, a shell or a
// file system could take for something else.
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
