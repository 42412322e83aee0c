package preflight

import (
	"slices"

	"mediarelay/internal/media"
	"mediarelay/internal/reason"
)

// Condition describes, for pages that show the rules, one thing for which a file is
// refused or gets a warning. Check implements it in code; a test compares the codes of
// both.
type Condition struct {
	Code     reason.Code
	Severity reason.Severity
	// Kinds lists the kinds it applies to; empty if it applies before the kind is
	// known.
	Kinds []media.Kind
	// Purposes lists the purposes it applies to; empty for all.
	Purposes []media.Purpose
	// Types lists the media types it applies to; empty for all of the kinds.
	Types []string
	// Source names the document that states it, Read the date it was consulted.
	Source string
	Read   string
}

// Conditions returns every condition, those for any file first. The caller must not
// modify the slices inside.
func Conditions() []Condition {
	all := slices.Concat(anyFile, anyKind, ofImages, ofVideos, ofAudio, ofDocuments, ofStickers)
	for i := range all {
		all[i].Read = read
	}
	return all
}

// Conditions returns the conditions for a file of the rule, without those for any file.
func (r Rule) Conditions() []Condition {
	var applicable []Condition
	for _, c := range Conditions() {
		if !r.appliesTo(c) {
			continue
		}
		if c.Source == "" {
			c.Source = r.Source
		}
		applicable = append(applicable, c)
	}
	return applicable
}

func (r Rule) appliesTo(c Condition) bool {
	switch {
	case !slices.Contains(c.Kinds, r.Kind):
		return false
	case len(c.Purposes) > 0 && !slices.Contains(c.Purposes, r.Purpose):
		return false
	case c.Code == reason.FileNearLimit:
		return r.WarnBytes > 0
	case c.Code == reason.StickerDuration, c.Code == reason.StickerFrame:
		return r.Use == useAnimated
	}
	return len(c.Types) == 0 || slices.ContainsFunc(c.Types, func(t string) bool { return slices.Contains(r.Types, t) })
}

const (
	sourceOwn    = "our own judgement"
	sourceNames  = "Cloud API, Media reference: extensions reflect their types"
	sourcePixels = "Cloud API, Media reference: images must be 8-bit, RGB or RGBA"
	sourceGrey   = "Cloud API, Media reference: RGB or RGBA; seen to arrive in production"
	sourceCodecs = "Cloud API, Media reference: H.264 and AAC, one audio stream or none"
	sourceHigh   = "Cloud API, Video messages: High profile with B-frames"
	sourceOgg    = "Cloud API, Media reference: Opus only, mono input only"
	sourceVoice  = "Cloud API, Audio messages: voice messages"
	sourcePieces = "field reports: error 131053, received as application/octet-stream"
)

const (
	image    = media.KindImage
	video    = media.KindVideo
	audio    = media.KindAudio
	document = media.KindDocument
	sticker  = media.KindSticker
)

var anyFile = []Condition{
	{Code: reason.FileEmpty, Severity: reason.Refuse, Source: sourceOwn},
	{Code: reason.FileUnreadable, Severity: reason.Refuse, Source: sourceOwn},
	{Code: reason.TypeUnknown, Severity: reason.Refuse, Source: sourceMedia},
	{Code: reason.TypeNotAccepted, Severity: reason.Refuse, Source: sourceMedia},
	{Code: reason.ActiveContent, Severity: reason.Refuse, Source: sourceMedia},
	{Code: reason.DocumentMacros, Severity: reason.Refuse, Source: sourceMedia},
	{Code: reason.DocumentTemplate, Severity: reason.Refuse, Source: sourceMedia},
	{Code: reason.ContentNotAsNamed, Severity: reason.Refuse, Source: sourceOwn},
	{Code: reason.KindNotAllowed, Severity: reason.Refuse, Source: sourceMedia},
	{Code: reason.TemplateNotAccepted, Severity: reason.Refuse, Purposes: []media.Purpose{media.PurposeTemplate}, Source: sourceResume},
	{Code: reason.ProfileNotAccepted, Severity: reason.Refuse, Purposes: []media.Purpose{media.PurposeProfile}, Source: sourceProfile},
	{Code: reason.FileCorrupt, Severity: reason.Refuse, Source: sourceOwn},
	{Code: reason.FileTruncated, Severity: reason.Refuse, Source: sourceOwn},
	{Code: reason.FileTrailing, Severity: reason.Warn, Source: sourceOwn},
	{Code: reason.FileLeading, Severity: reason.Warn, Source: sourceOwn},
	{Code: reason.FileUndetermined, Severity: reason.Warn, Source: sourceOwn},
	{Code: reason.ExtensionMismatch, Severity: reason.Warn, Source: sourceNames},
	{Code: reason.DeclaredTypeMismatch, Severity: reason.Warn, Source: sourceOwn},
}

// anyKind has no source: each rule states that of its limit.
var anyKind = []Condition{
	{Code: reason.FileTooLarge, Severity: reason.Refuse, Kinds: []media.Kind{image, video, audio, document, sticker}},
	{Code: reason.FileNearLimit, Severity: reason.Warn, Kinds: []media.Kind{image, video, audio}},
}

var ofImages = []Condition{
	{Code: reason.ImageDepth, Severity: reason.Refuse, Kinds: []media.Kind{image}, Source: sourcePixels},
	{Code: reason.ImageColor, Severity: reason.Refuse, Kinds: []media.Kind{image}, Source: sourcePixels},
	{Code: reason.ImageCoding, Severity: reason.Refuse, Kinds: []media.Kind{image}, Types: []string{"image/jpeg"}, Source: sourceOwn},
	{Code: reason.ImagePixels, Severity: reason.Refuse, Kinds: []media.Kind{image}, Source: sourceOwn},
	{Code: reason.ImageColorUnusual, Severity: reason.Warn, Kinds: []media.Kind{image}, Source: sourceGrey},
	{Code: reason.ImageAnimated, Severity: reason.Warn, Kinds: []media.Kind{image}, Types: []string{"image/png"}, Source: sourceOwn},
	{Code: reason.ImageRotated, Severity: reason.Warn, Kinds: []media.Kind{image}, Source: sourceOwn},
	{Code: reason.ImageLocation, Severity: reason.Warn, Kinds: []media.Kind{image}, Source: sourceOwn},
	{
		Code: reason.ProfileNotSquare, Severity: reason.Warn, Kinds: []media.Kind{image},
		Purposes: []media.Purpose{media.PurposeProfile}, Source: sourceProfile,
	},
	{
		Code: reason.ProfileSmall, Severity: reason.Warn, Kinds: []media.Kind{image},
		Purposes: []media.Purpose{media.PurposeProfile}, Source: sourceProfile,
	},
	{
		Code: reason.ProfileTransparent, Severity: reason.Warn, Kinds: []media.Kind{image},
		Purposes: []media.Purpose{media.PurposeProfile}, Source: sourceProfile,
	},
}

var ofVideos = []Condition{
	{Code: reason.VideoCodec, Severity: reason.Refuse, Kinds: []media.Kind{video}, Source: sourceCodecs},
	{Code: reason.VideoProfile, Severity: reason.Refuse, Kinds: []media.Kind{video}, Source: sourceOwn},
	{Code: reason.VideoMissing, Severity: reason.Refuse, Kinds: []media.Kind{video}, Source: sourceCodecs},
	{Code: reason.AudioCodec, Severity: reason.Refuse, Kinds: []media.Kind{video}, Source: sourceCodecs},
	{Code: reason.AudioTracks, Severity: reason.Refuse, Kinds: []media.Kind{video}, Source: sourceCodecs},
	{Code: reason.MediaEncrypted, Severity: reason.Refuse, Kinds: []media.Kind{video}, Source: sourceOwn},
	{Code: reason.VideoBFrames, Severity: reason.Warn, Kinds: []media.Kind{video}, Source: sourceHigh},
	{Code: reason.VideoFragmented, Severity: reason.Warn, Kinds: []media.Kind{video}, Source: sourcePieces},
	{Code: reason.VideoIndexLast, Severity: reason.Warn, Kinds: []media.Kind{video}, Source: sourceOwn},
	{Code: reason.VideoUndetermined, Severity: reason.Warn, Kinds: []media.Kind{video}, Source: sourceOwn},
	{Code: reason.AudioUndetermined, Severity: reason.Warn, Kinds: []media.Kind{video}, Source: sourceOwn},
}

var ofAudio = []Condition{
	{
		Code: reason.AudioCodec, Severity: reason.Refuse, Kinds: []media.Kind{audio},
		Types: []string{"audio/mp4", "audio/mpeg", "audio/ogg"}, Source: sourceMedia,
	},
	{Code: reason.AudioChannels, Severity: reason.Refuse, Kinds: []media.Kind{audio}, Types: []string{"audio/ogg"}, Source: sourceOgg},
	{Code: reason.AudioFragmented, Severity: reason.Refuse, Kinds: []media.Kind{audio}, Types: []string{"audio/mp4"}, Source: sourcePieces},
	{Code: reason.AudioUndetermined, Severity: reason.Refuse, Kinds: []media.Kind{audio}, Source: sourceOwn},
	{Code: reason.MediaEncrypted, Severity: reason.Refuse, Kinds: []media.Kind{audio}, Types: []string{"audio/mp4"}, Source: sourceOwn},
	{Code: reason.AudioUndetermined, Severity: reason.Warn, Kinds: []media.Kind{audio}, Types: []string{"audio/mp4"}, Source: sourceOwn},
	{Code: reason.VoiceTooLarge, Severity: reason.Warn, Kinds: []media.Kind{audio}, Types: []string{"audio/ogg"}, Source: sourceVoice},
}

var ofDocuments = []Condition{
	{Code: reason.PDFHeader, Severity: reason.Refuse, Kinds: []media.Kind{document}, Types: []string{"application/pdf"}, Source: sourceOwn},
	{Code: reason.FileTruncated, Severity: reason.Warn, Kinds: []media.Kind{document}, Types: []string{"application/pdf"}, Source: sourceOwn},
	{Code: reason.DocumentEncrypted, Severity: reason.Warn, Kinds: []media.Kind{document}, Source: sourceOwn},
	{Code: reason.DocumentScript, Severity: reason.Warn, Kinds: []media.Kind{document}, Types: []string{"application/pdf"}, Source: sourceOwn},
	{Code: reason.TextEncoding, Severity: reason.Warn, Kinds: []media.Kind{document}, Types: []string{"text/plain"}, Source: sourceOwn},
	{Code: reason.SourceText, Severity: reason.Warn, Kinds: []media.Kind{document}, Types: []string{"text/plain"}, Source: sourceOwn},
}

var ofStickers = []Condition{
	{Code: reason.StickerSize, Severity: reason.Refuse, Kinds: []media.Kind{sticker}, Source: sourceSticker},
	{Code: reason.StickerDuration, Severity: reason.Warn, Kinds: []media.Kind{sticker}, Source: sourceSticker},
	{Code: reason.StickerFrame, Severity: reason.Warn, Kinds: []media.Kind{sticker}, Source: sourceSticker},
}
