package provider

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
)

// Form is a multipart/form-data body that is streamed, yet has a known length:
// the gateways in front of the APIs do not all take a chunked body.
type Form struct {
	// ContentType carries the boundary.
	ContentType string
	// Length is that of the whole body in bytes.
	Length int64
	Body   io.Reader
}

// FormField is one plain field of a form.
type FormField struct{ Name, Value string }

// FormFile is the file of a form.
type FormFile struct {
	Field    string
	Filename string
	// Type is sent as the part's Content-Type: the API accepts or refuses a file
	// by this header.
	Type string
	// Size is the exact length of Body in bytes.
	Size int64
	Body io.Reader
}

// NewForm lays out the fields and then the file, with a random boundary.
func NewForm(fields []FormField, file FormFile) (Form, error) {
	var frame bytes.Buffer
	w := multipart.NewWriter(&frame)
	for _, f := range fields {
		if err := w.WriteField(f.Name, f.Value); err != nil {
			return Form{}, err
		}
	}
	// CreateFormFile would say application/octet-stream, which the API refuses.
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", multipart.FileContentDisposition(file.Field, file.Filename))
	header.Set("Content-Type", file.Type)
	if _, err := w.CreatePart(header); err != nil {
		return Form{}, err
	}
	prefix := frame.Len()
	if err := w.Close(); err != nil {
		return Form{}, err
	}
	before, after := frame.Bytes()[:prefix], frame.Bytes()[prefix:]
	return Form{
		ContentType: w.FormDataContentType(),
		Length:      int64(frame.Len()) + file.Size,
		Body: formBody{
			Reader: io.MultiReader(bytes.NewReader(before), Exactly(file.Body, file.Size), bytes.NewReader(after)),
			file:   file.Body,
		},
	}, nil
}

// formBody lets the file's source be told of the request's end.
type formBody struct {
	io.Reader
	file io.Reader
}

func (b formBody) Close() error {
	Release(b.file)
	return nil
}
