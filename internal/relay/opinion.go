package relay

import (
	"bytes"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

// headBytes is how much of a file mimetype reads: its own default. Deep JSON of a few
// MB took under 4 ms with it.
const headBytes = 3072

// families groups the names that mimetype has for files that we name otherwise. It
// is not specific enough for ten of WhatsApp's types, so only the family is compared.
var families = map[string]string{
	"image/jpeg": "jpeg", "image/png": "png", "image/vnd.mozilla.apng": "png", "image/apng": "png", "image/webp": "webp",
	"video/mp4": "isobmff", "audio/mp4": "isobmff", "audio/x-m4a": "isobmff", "video/x-m4v": "isobmff",
	"video/quicktime": "isobmff", "video/3gpp": "isobmff", "video/3gpp2": "isobmff", "audio/3gpp": "isobmff",
	"audio/aac": "mpeg audio", "audio/mpeg": "mpeg audio",
	"audio/amr": "amr",
	"audio/ogg": "ogg", "application/ogg": "ogg", "video/ogg": "ogg",
	"application/pdf":    "pdf",
	"application/msword": "ole", "application/vnd.ms-excel": "ole", "application/vnd.ms-powerpoint": "ole",
	"application/x-ole-storage": "ole", "application/vnd.ms-outlook": "ole",
	"application/zip": "zip",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "zip",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "zip",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "zip",
}

// secondOpinion asks a library with signatures of its own. If its family contradicts
// ours the file is refused: one of the two is wrong, and the provider may side with the
// other. It may name a type that we do not know at all.
func secondOpinion(content io.ReaderAt, v preflight.Verdict) (preflight.Verdict, error) {
	head, err := io.ReadAll(io.NewSectionReader(content, 0, headBytes))
	if err != nil {
		return v, err
	}
	other := mimetype.Detect(head)
	named := reason.Text("other", bare(other.String()))
	if v.Outcome == preflight.Refuse {
		return nameUnknown(v, named), nil
	}
	if agree(v.Type, other) || isProse(v.Type, head) {
		return v, nil
	}
	v.Outcome = preflight.Refuse
	v.Reasons = append([]reason.Reason{{
		Code: reason.ContentContradiction, Severity: reason.Refuse,
		Facts: []reason.Fact{reason.Text("type", v.Type), named},
		Fixes: []reason.Fix{reason.ChooseAnotherFile},
	}}, v.Reasons...)
	return v, nil
}

func nameUnknown(v preflight.Verdict, named reason.Fact) preflight.Verdict {
	for i := range v.Reasons {
		if v.Reasons[i].Code == reason.TypeUnknown {
			v.Reasons[i].Facts = append(v.Reasons[i].Facts, named)
		}
	}
	return v
}

// agree follows mimetype's tree upwards: a file that it names more finely than we do,
// such as CSV for plain text, is of our family through a parent. At its root it does
// not know the file.
func agree(ours string, other *mimetype.MIME) bool {
	if other.Parent() == nil || family(ours) == "" {
		return true
	}
	for m := other; m != nil; m = m.Parent() {
		if family(bare(m.String())) == family(ours) {
			return true
		}
	}
	return false
}

// isProse reports whether a head is all text. A text may begin with the letters of
// another format's signature, such as "MZ". Of the types that WhatsApp accepts, only
// PDF may be text throughout.
func isProse(ours string, head []byte) bool {
	isControl := func(r rune) bool { return r < ' ' && !strings.ContainsRune("\a\b\t\n\v\f\r\x1a\x1b", r) }
	return family(ours) == "text" && !bytes.HasPrefix(head, []byte("%PDF-")) && !bytes.ContainsFunc(head, isControl)
}

func family(mediaType string) string {
	if strings.HasPrefix(mediaType, "text/") {
		return "text"
	}
	return families[mediaType]
}

func bare(mediaType string) string {
	name, _, _ := strings.Cut(mediaType, ";")
	return strings.TrimSpace(name)
}
