package provider

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/textproto"
)

// Form is a multipart/form-data body. It is streamed, but has a known length, since
// not every gateway in front of the APIs accepts a chunked body.
type Form struct {
	// ContentType is the Content-Type header, with the boundary.
	ContentType string
	Body        *Body
}

// FormField is one field of a form that is not a file.
type FormField struct{ Name, Value string }

// FormFile is the file of a form.
type FormFile struct {
	Field    string
	Filename string
	// Type is the Content-Type of the part, by which the API accepts or rejects a file.
	Type string
	// Size is the exact length of Content in bytes.
	Size    int64
	Content io.Reader
}

// NewForm returns a form with the fields, then the file, and a random boundary.
func NewForm(fields []FormField, file FormFile) (Form, error) {
	var frame bytes.Buffer
	w := multipart.NewWriter(&frame)
	for _, f := range fields {
		if err := w.WriteField(f.Name, f.Value); err != nil {
			return Form{}, err
		}
	}
	// CreateFormFile sets application/octet-stream, which the API rejects.
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
	before, after := bytes.NewReader(frame.Bytes()[:prefix]), bytes.NewReader(frame.Bytes()[prefix:])
	// The length of the file is checked by itself: an API may accept a form as complete once
	// it has read the closing boundary, even if the body is shorter than announced.
	content := NewBody(file.Content, file.Size)
	body := NewBody(io.MultiReader(before, content, after), int64(frame.Len())+file.Size)
	body.source = content
	return Form{ContentType: w.FormDataContentType(), Body: body}, nil
}
