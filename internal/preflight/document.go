package preflight

import "mediarelay/internal/reason"

// document checks a document. The provider compares only the type, so most of what is
// inside gives a warning. A PDF whose header is not at the start is refused: a server
// that inspects the first bytes takes it for another type.
func (c *candidate) document(found *reasons) {
	d := c.f.Document
	if d != nil && d.HeaderOffset > 0 {
		found.refuse(reason.PDFHeader, count("offset", d.HeaderOffset), reason.SaveAgain)
	}
	if d != nil && d.Encrypted {
		found.warn(reason.DocumentEncrypted, nil, reason.RemovePassword)
	}
	if d != nil && d.JavaScript {
		found.warn(reason.DocumentScript, nil, reason.RemoveScript)
	}
	if d != nil && d.UnknownEncoding {
		found.warn(reason.TextEncoding, nil, reason.ConvertToPDF)
	}
	if c.typ == "text/plain" && c.f.Type == "text/html" {
		found.warn(reason.SourceText, facts(reason.Text("name", formatOf(c.f.Type).name)), reason.ConvertToPDF)
	}
}
