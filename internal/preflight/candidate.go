package preflight

import (
	"slices"
	"strings"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// candidate is a file on its way to a verdict.
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
	if kind == media.KindSticker && c.meantAsPicture(found) {
		return c.notTaken(reason.TypeNotAccepted, reason.ConvertToJPEG, reason.ConvertToSticker)
	}
	return found.verdict(kind, c.typ)
}

// kind finds the first kind that was asked for and takes the type in a message.
// A type belongs to one kind only, so that there is no second.
func (c *candidate) kind() (media.Kind, bool) {
	for _, kind := range c.q.asked() {
		if takes(kind, c.typ) {
			return kind, true
		}
	}
	return "", false
}

func takes(kind media.Kind, typ string) bool {
	for _, rule := range rulesFor(kind, media.PurposeMessage) {
		if slices.Contains(rule.Types, typ) {
			return true
		}
	}
	return false
}

// meantAsPicture: a WebP that is no sticker, where nobody asked for a sticker.
func (c *candidate) meantAsPicture(found *reasons) bool {
	asked := c.q.asked()
	return slices.Contains(asked, media.KindImage) &&
		slices.ContainsFunc(found.refusals, func(r reason.Reason) bool { return r.Code == reason.StickerSize })
}

// noKind: no kind that was asked for takes the type.
func (c *candidate) noKind() Verdict {
	if ends := extension(c.q.Filename); c.promisesOther(ends) {
		var found reasons
		notAsNamed(ends, &found)
		return found.verdict("", c.typ)
	}
	for _, kind := range media.Kinds() {
		if takes(kind, c.typ) {
			return c.otherKind(kind)
		}
	}
	switch {
	case isActive(c.typ):
		return c.notTaken(reason.ActiveContent, c.conversions()...)
	case hasMacros(c.typ):
		return c.notTaken(reason.DocumentMacros, reason.SaveAsOffice, reason.ConvertToPDF)
	case isOfficeTemplate(c.typ):
		return c.notTaken(reason.DocumentTemplate, reason.SaveAsOffice, reason.ConvertToPDF)
	}
	return c.notTaken(reason.TypeNotAccepted, c.conversions()...)
}

// otherKind refuses a file that is of another kind. Where the kind was the
// question's choice and not the page's, the other kind is the way out.
func (c *candidate) otherKind(kind media.Kind) Verdict {
	fixes := c.conversions()
	if len(c.q.Kinds) == 0 || slices.Contains(c.q.Kinds, kind) {
		if found := c.judge(kind); len(found.refusals) == 0 {
			fixes = append([]reason.Fix{sendAs(kind)}, fixes...)
		}
	}
	v := c.notTaken(reason.KindNotAllowed, fixes...)
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

func (c *candidate) notTaken(code reason.Code, fixes ...reason.Fix) Verdict {
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

// conversions are the ways to a format of the same sort that is taken, as far
// as the kinds that were asked for allow.
func (c *candidate) conversions() []reason.Fix {
	family, _, _ := strings.Cut(c.typ, "/")
	asked := c.q.asked()
	var fixes []reason.Fix
	switch {
	case family == "image" && slices.Contains(asked, media.KindImage):
		fixes = append(fixes, reason.ConvertToJPEG)
	case family == "video" && slices.Contains(asked, media.KindVideo):
		fixes = append(fixes, reason.ConvertToMP4)
	case family == "audio" && slices.Contains(asked, media.KindAudio):
		fixes = append(fixes, reason.ConvertToMP3)
	case isConvertibleDocument(c.typ) && slices.Contains(asked, media.KindDocument):
		if c.typ == "text/csv" {
			fixes = append(fixes, reason.SaveAsText)
		}
		fixes = append(fixes, reason.ConvertToPDF)
	}
	if family == "image" && slices.Contains(asked, media.KindSticker) && !slices.Contains(asked, media.KindImage) {
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
