package preflight

import (
	"slices"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// candidate is a file being judged. typ is the type under which it would be sent.
type candidate struct {
	q   Question
	f   probe.Facts
	typ string
}

func (c *candidate) verdict() Verdict {
	kind, ok := c.kind()
	if !ok {
		return c.noKind()
	}
	found := c.judge(kind)
	if kind == media.KindSticker && c.meantAsImage(found) {
		return c.notAccepted(reason.TypeNotAccepted, reason.ConvertToJPEG, reason.ConvertToSticker)
	}
	return found.verdict(kind, c.typ)
}

// kind returns the requested kind that accepts the type in a message. A type belongs
// to one kind only.
func (c *candidate) kind() (media.Kind, bool) {
	for _, kind := range c.q.candidates() {
		if accepts(kind, c.typ) {
			return kind, true
		}
	}
	return "", false
}

func accepts(kind media.Kind, typ string) bool {
	for _, rule := range rulesFor(kind, media.PurposeMessage) {
		if slices.Contains(rule.Types, typ) {
			return true
		}
	}
	return false
}

// meantAsImage reports whether a WebP without a sticker's dimensions was sent to an
// upload that accepts images.
func (c *candidate) meantAsImage(found *reasons) bool {
	return slices.Contains(c.q.candidates(), media.KindImage) &&
		slices.ContainsFunc(found.refusals, func(r reason.Reason) bool { return r.Code == reason.StickerSize })
}

// noKind is the verdict if no requested kind accepts the type.
func (c *candidate) noKind() Verdict {
	if suffix := extension(c.q.Filename); c.isTextNamedOtherwise(suffix) {
		var found reasons
		notAsNamed(suffix, &found)
		return found.verdict("", c.typ)
	}
	for _, kind := range media.Kinds() {
		if accepts(kind, c.typ) {
			return c.otherKind(kind)
		}
	}
	switch {
	case isActive(c.typ):
		return c.notAccepted(reason.ActiveContent, c.conversions()...)
	case hasMacros(c.typ):
		return c.notAccepted(reason.DocumentMacros, reason.SaveAsOffice, reason.ConvertToPDF)
	case isOfficeTemplate(c.typ):
		return c.notAccepted(reason.DocumentTemplate, reason.SaveAsOffice, reason.ConvertToPDF)
	}
	return c.notAccepted(reason.TypeNotAccepted, c.conversions()...)
}

// otherKind refuses a file of a kind that was not requested. If the upload accepts that
// kind, sending the file as such is the first fix.
func (c *candidate) otherKind(kind media.Kind) Verdict {
	fixes := c.conversions()
	if len(c.q.Kinds) == 0 || slices.Contains(c.q.Kinds, kind) {
		if found := c.judge(kind); len(found.refusals) == 0 {
			fixes = append([]reason.Fix{sendAs(kind)}, fixes...)
		}
	}
	v := c.notAccepted(reason.KindNotAllowed, fixes...)
	v.Type = c.typ
	return v
}

func sendAs(kind media.Kind) reason.Fix {
	switch kind {
	case media.KindImage:
		return reason.SendAsImage
	case media.KindVideo:
		return reason.SendAsVideo
	case media.KindAudio:
		return reason.SendAsAudio
	case media.KindSticker:
		return reason.SendAsSticker
	}
	return reason.SendAsDocument
}

func (c *candidate) notAccepted(code reason.Code, fixes ...reason.Fix) Verdict {
	if len(fixes) == 0 {
		fixes = []reason.Fix{reason.ChooseAnotherFile}
	}
	var found reasons
	found.refuse(code, facts(reason.Text("name", formatOf(c.typ).name)), fixes...)
	if c.f.Has(probe.Truncated) {
		c.damage(&found)
	}
	return found.verdict("", c.typ)
}

// conversions lists the fixes that lead to an accepted format of the same family, as
// far as the requested kinds allow.
func (c *candidate) conversions() []reason.Fix {
	family, _, _ := strings.Cut(c.typ, "/")
	kinds := c.q.candidates()
	var fixes []reason.Fix
	switch {
	case family == "image" && slices.Contains(kinds, media.KindImage):
		fixes = append(fixes, reason.ConvertToJPEG)
	case family == "video" && slices.Contains(kinds, media.KindVideo):
		fixes = append(fixes, reason.ConvertToMP4)
	case family == "audio" && slices.Contains(kinds, media.KindAudio):
		fixes = append(fixes, reason.ConvertToMP3)
	case isConvertibleDocument(c.typ) && slices.Contains(kinds, media.KindDocument):
		if c.typ == "text/csv" {
			fixes = append(fixes, reason.SaveAsText)
		}
		fixes = append(fixes, reason.ConvertToPDF)
	}
	if family == "image" && slices.Contains(kinds, media.KindSticker) && !slices.Contains(kinds, media.KindImage) {
		fixes = append(fixes, reason.ConvertToSticker)
	}
	return fixes
}

func isActive(typ string) bool { return typ == "image/svg+xml" || typ == "text/html" }

func hasMacros(typ string) bool {
	return strings.Contains(typ, ".macroEnabled") || typ == "application/vnd.ms-office.vbaProject"
}

func isOfficeTemplate(typ string) bool {
	return strings.HasPrefix(typ, openXML) && strings.HasSuffix(typ, ".template")
}

func isConvertibleDocument(typ string) bool {
	return isTextFamily(typ) || typ == "application/rtf" || typ == "application/epub+zip" ||
		strings.HasPrefix(typ, "application/vnd.oasis.") || strings.HasPrefix(typ, openXML)
}
