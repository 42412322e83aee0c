package preflight

import (
	"slices"

	"mediarelay/internal/media"
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// judge checks the file against the rules of a kind and all purposes.
func (c *candidate) judge(kind media.Kind) *reasons {
	found := &reasons{}
	for _, purpose := range c.q.Purposes {
		c.purpose(kind, purpose, found)
	}
	c.damage(found)
	switch kind {
	case media.KindImage:
		c.image(found)
	case media.KindVideo:
		c.video(found)
	case media.KindAudio:
		c.audio(found)
	case media.KindDocument:
		c.document(found)
	case media.KindSticker:
		c.sticker(found)
	}
	c.naming(found)
	return found
}

// purpose checks type and size against the rules of one purpose.
func (c *candidate) purpose(kind media.Kind, purpose media.Purpose, found *reasons) {
	rule, ok := c.rule(kind, purpose)
	if !ok {
		c.purposeRefusal(purpose, found)
		return
	}
	switch size := c.q.Size; {
	case size > rule.LimitBytes:
		found.refuse(reason.FileTooLarge, sizes(size, rule.LimitBytes), reason.MakeSmaller)
	case rule.WarnBytes > 0 && size > rule.WarnBytes:
		found.warn(reason.FileNearLimit, sizes(size, rule.WarnBytes), reason.MakeSmaller)
	}
	if purpose == media.PurposeProfile {
		c.profile(found)
	}
}

func sizes(size, limit int64) []reason.Fact {
	return facts(reason.Bytes("size", size), reason.Bytes("limit", limit))
}

// rule returns the rule for the file; ok is false if the purpose does not accept its
// type.
func (c *candidate) rule(kind media.Kind, purpose media.Purpose) (Rule, bool) {
	for _, rule := range rulesFor(kind, purpose) {
		if slices.Contains(rule.Types, c.typ) && (rule.Use != useStatic || !c.animated()) {
			return rule, true
		}
	}
	return Rule{}, false
}

func (c *candidate) animated() bool { return c.f.Image != nil && c.f.Image.Animated }

// purposeRefusal refuses the file for a purpose. The fixes are a message, or a format
// that the purpose accepts.
func (c *candidate) purposeRefusal(purpose media.Purpose, found *reasons) {
	code := reason.TemplateNotAccepted
	if purpose == media.PurposeProfile {
		code = reason.ProfileNotAccepted
	}
	found.refuse(code, facts(reason.Text("name", formatOf(c.typ).name)), purposeFixes(c.typ, purpose)...)
}

func purposeFixes(typ string, purpose media.Purpose) []reason.Fix {
	fixes := []reason.Fix{reason.SendAsMessageOnly}
	switch {
	case purpose == media.PurposeProfile && typ == "image/webp":
		fixes = append(fixes, reason.ConvertToJPEG)
	case purpose == media.PurposeTemplate && accepts(media.KindDocument, typ):
		fixes = append(fixes, reason.ConvertToPDF)
	case purpose == media.PurposeTemplate && accepts(media.KindVideo, typ):
		fixes = append(fixes, reason.ConvertToMP4)
	}
	return fixes
}

// damage reports the flaws of the file as a whole. PDF readers repair a file without
// its end, so a truncated PDF gets a warning.
func (c *candidate) damage(found *reasons) {
	name := facts(reason.Text("name", formatOf(c.typ).name))
	switch {
	case c.f.Has(probe.Corrupt):
		found.refuse(reason.FileCorrupt, name, reason.SaveAgain, reason.ChooseAnotherFile)
	case c.f.Has(probe.Truncated) && c.typ == "application/pdf":
		found.warn(reason.FileTruncated, name, reason.SaveAgain)
	case c.f.Has(probe.Truncated):
		found.refuse(reason.FileTruncated, name, reason.SaveAgain, reason.ChooseAnotherFile)
	}
	if c.f.Has(probe.Trailing) {
		found.warn(reason.FileTrailing, nil, reason.RemoveTrailingBytes)
	}
	if c.f.Has(probe.Leading) {
		found.warn(reason.FileLeading, nil, reason.SaveAgain)
	}
	if c.f.Has(probe.Undetermined) {
		found.warn(reason.FileUndetermined, nil, reason.SaveAgain)
	}
}

// declaredSize refuses a size that no rule allows.
func declaredSize(q Question) []reason.Reason {
	var found reasons
	limit := media.MaxUploadBytes
	for _, purpose := range q.Purposes {
		limit = min(limit, largestLimit(q.candidates(), purpose))
	}
	switch {
	case q.Size <= 0:
		found.refuse(reason.FileEmpty, nil, reason.ChooseAnotherFile)
	case limit > 0 && q.Size > limit:
		found.refuse(reason.FileTooLarge, sizes(q.Size, limit), reason.MakeSmaller)
	}
	return found.all()
}

// largestLimit is the largest size in bytes that a purpose allows for any of the kinds;
// 0 if it accepts none of them.
func largestLimit(kinds []media.Kind, purpose media.Purpose) int64 {
	var limit int64
	for _, kind := range kinds {
		for _, rule := range rulesFor(kind, purpose) {
			limit = max(limit, rule.LimitBytes)
		}
	}
	return limit
}

// declaredKind refuses a purpose that accepts none of the requested kinds.
func declaredKind(q Question) []reason.Reason {
	var found reasons
	for _, purpose := range q.Purposes {
		if largestLimit(q.candidates(), purpose) > 0 {
			continue
		}
		code := reason.TemplateNotAccepted
		if purpose == media.PurposeProfile {
			code = reason.ProfileNotAccepted
		}
		found.refuse(code, facts(reason.Text("name", string(q.candidates()[0]))), reason.SendAsMessageOnly)
	}
	return found.all()
}
