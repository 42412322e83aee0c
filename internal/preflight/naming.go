package preflight

import (
	"slices"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// sendType is the type that the file goes by. The bytes decide; a name has a
// say only where bytes cannot: an Office file that is locked, cut or could not be
// read to its end, and kinds of plain text.
func sendType(q Question, f probe.Facts) string {
	ends := extension(q.Filename)
	isText := isTextFamily(f.Type) || f.Type == "" && unknownEncoding(f)
	switch {
	case hidesOffice(f):
		return officeType(ends, f.Type)
	case isText && slices.Contains([]string{"txt", "text", "log", "md"}, ends):
		return "text/plain"
	case isText && (f.Type == "" || f.Type == "text/plain") && (ends == "csv" || ends == "tsv"):
		return "text/csv"
	}
	return f.Type
}

func unknownEncoding(f probe.Facts) bool { return f.Document != nil && f.Document.UnknownEncoding }

// hidesOffice: the container of an Office file was found, and not which of the
// three it is.
func hidesOffice(f probe.Facts) bool {
	switch f.Type {
	case "application/x-ole-storage":
		return f.Document.Encrypted || f.Has(probe.Undetermined) || f.Has(probe.Truncated)
	case "application/zip", "application/vnd.openxmlformats-officedocument":
		return f.Has(probe.Undetermined) || f.Has(probe.Truncated)
	}
	return false
}

// officeType goes by the name, where it is of a type that such a container holds.
func officeType(ends, container string) string {
	for _, f := range extensionFormats(ends) {
		if strings.HasPrefix(f.typ, openXML) || container == "application/x-ole-storage" && isOldOffice(f.typ) {
			return f.typ
		}
	}
	return container
}

func isOldOffice(typ string) bool {
	return typ == "application/msword" || typ == "application/vnd.ms-excel" || typ == "application/vnd.ms-powerpoint"
}

func isTextFamily(typ string) bool {
	switch typ {
	case "text/plain", "text/csv", "text/html", "application/json", "application/xml":
		return true
	}
	return false
}

// naming compares name and claim with the content.
func (c *candidate) naming(found *reasons) {
	ends, own := extension(c.q.Filename), formatOf(c.typ)
	switch {
	case c.promisesOther(ends):
		notAsNamed(ends, found)
	case ends != "" && len(own.extensions) > 0 && !slices.Contains(own.extensions, ends):
		found.warn(reason.ExtensionMismatch, facts(
			reason.Text("extension", "."+ends), reason.Text("name", own.name),
			reason.Text("expected", "."+own.extensions[0])), reason.RenameFile)
	default:
		c.claim(found)
	}
}

// notAsNamed: programs export tables and pages as text under the name of an Office
// file; under any other name it is what a failed download leaves.
func notAsNamed(ends string, found *reasons) {
	fixes := []reason.Fix{reason.SaveAgain, reason.ChooseAnotherFile}
	if typ := extensionFormats(ends)[0].typ; isOldOffice(typ) || strings.HasPrefix(typ, openXML) {
		fixes = []reason.Fix{reason.SaveAsOffice, reason.ConvertToPDF}
	}
	found.refuse(reason.ContentNotAsNamed, facts(reason.Text("extension", "."+ends)), fixes...)
}

// promisesOther: the name ends as a known format and the inside is mere text.
func (c *candidate) promisesOther(ends string) bool {
	if !isTextFamily(c.typ) {
		return false
	}
	for _, f := range extensionFormats(ends) {
		if !isTextFamily(f.typ) {
			return true
		}
	}
	return false
}

// claim speaks of a declared type only where it is one of the known ones: what
// systems invent for files that they do not know is no claim.
func (c *candidate) claim(found *reasons) {
	declared := bareType(c.q.DeclaredType)
	known := formatOf(declared).name != declared
	if !known || sameClaim(declared, c.typ) || declared == "application/zip" {
		return
	}
	found.warn(reason.DeclaredTypeMismatch, facts(reason.Text("declared", declared), reason.Text("type", c.typ)))
}

// sameClaim: systems know a container by its name's ending, and so take sound in
// Ogg, MP4 or 3GP for film; and one text for another.
func sameClaim(declared, typ string) bool {
	_, container, _ := strings.Cut(declared, "/")
	_, own, _ := strings.Cut(typ, "/")
	return container == own || isTextFamily(declared) && isTextFamily(typ)
}

// aliases are other names of the same type, as browsers and programs send them.
var aliases = map[string]string{
	"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png", "image/apng": "image/png",
	"video/3gp": "video/3gpp", "video/x-m4v": "video/mp4", "audio/3gpp": "video/3gpp",
	"audio/mp3": "audio/mpeg", "audio/x-mp3": "audio/mpeg", "audio/mpeg3": "audio/mpeg",
	"audio/x-m4a": "audio/mp4", "audio/m4a": "audio/mp4", "audio/x-aac": "audio/aac", "audio/aacp": "audio/aac",
	"audio/vnd.dlna.adts": "audio/aac", "audio/opus": "audio/ogg", "application/ogg": "audio/ogg",
	"application/x-pdf": "application/pdf",
}

// bareType takes off parameters and resolves aliases.
func bareType(typ string) string {
	bare, _, _ := strings.Cut(typ, ";")
	bare = media.Lower(strings.TrimSpace(bare))
	if to, ok := aliases[bare]; ok {
		return to
	}
	return bare
}
