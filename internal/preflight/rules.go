package preflight

import (
	"slices"

	"mediarelay/internal/media"
)

// Rule is one line of the table: what one kind takes for one purpose.
type Rule struct {
	// Use names the line: a kind can have several, such as the two stickers.
	Use     string
	Kind    media.Kind
	Purpose media.Purpose
	// Types are the media types, bare, as they are sent.
	Types []string
	// Extensions are those that the types' names end in, with a full stop.
	Extensions []string
	// LimitBytes is the largest size, inclusive.
	LimitBytes int64
	// WarnBytes is the size above which a warning is given: the smaller
	// reading of the provider's "MB". 0 for none.
	WarnBytes int64
	// Narrower says that the line is a use within another line's, which no upload
	// can name.
	Narrower bool
	// Source says who states the rule, Read when that was read.
	Source string
	Read   string
}

// Limits in bytes. WhatsApp's own sticker validators count 1024 bytes a
// kilobyte, inclusive, and a file of exactly 104,857,600 bytes was delivered, so
// megabytes are taken as 1024 x 1024 too. Between the two readings of 5 and 16
// MB, which nobody measured, a warning is given.
const (
	imageLimitBytes     int64 = 5 << 20
	imageWarnBytes      int64 = 5_000_000
	videoLimitBytes     int64 = 16 << 20
	videoWarnBytes      int64 = 16_000_000
	stickerLimitBytes   int64 = 100 << 10
	animatedLimitBytes  int64 = 500 << 10
	documentLimitBytes  int64 = media.MaxUploadBytes
	voicePlayLimitBytes int64 = 512 << 10
	// gifLimitBytes is 3.5 MB: a larger header is shown as a video.
	gifLimitBytes int64 = 7 << 19
)

const (
	useMessage  = "message"
	useStatic   = "static sticker"
	useAnimated = "animated sticker"
	useTemplate = "template header"
	useProfile  = "profile picture"
	useVoice    = "voice note"
	useGIF      = "template header GIF"
	useCarousel = "carousel card"

	sourceMedia    = "Cloud API, Media reference: supported media types"
	sourceSticker  = "Cloud API, Sticker messages; github.com/WhatsApp/stickers validators"
	sourceResume   = "Graph API, Resumable Upload guide: file_type; Template components"
	sourceDocument = "Cloud API, Template components: only PDF documents"
	sourceProfile  = "360dialog, WhatsApp profile information"
	sourceGIF      = "Cloud API, Template components: GIF headers, Marketing Messages API only"
	sourceCarousel = "Cloud API, Media card carousel templates"
	read           = "2026-10-08"
)

var (
	imageTypes    = []string{"image/jpeg", "image/png"}
	videoTypes    = []string{"video/mp4", "video/3gpp"}
	audioTypes    = []string{"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"}
	documentTypes = []string{
		"text/plain", "application/pdf", "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
		openXML + "wordprocessingml.document", openXML + "spreadsheetml.sheet", openXML + "presentationml.presentation",
	}
	stickerTypes = []string{"image/webp"}
)

const openXML = "application/vnd.openxmlformats-officedocument."

// Rules gives the whole table, and the uses that no upload can name: a file for
// one of them is judged by the line of its kind and purpose, and the sender of
// the message or template keeps to the rest. The caller may keep and change it.
func Rules() []Rule {
	copied := slices.Concat(table, newRules(narrower()))
	for i := range copied {
		copied[i].Types = slices.Clone(copied[i].Types)
		copied[i].Extensions = slices.Clone(copied[i].Extensions)
	}
	return copied
}

var table = newTable()

func newTable() []Rule {
	message, template, profile := media.PurposeMessage, media.PurposeTemplate, media.PurposeProfile
	return newRules([]Rule{
		{Use: useMessage, Kind: media.KindImage, Purpose: message, Types: imageTypes, LimitBytes: imageLimitBytes, WarnBytes: imageWarnBytes, Source: sourceMedia},
		{Use: useMessage, Kind: media.KindVideo, Purpose: message, Types: videoTypes, LimitBytes: videoLimitBytes, WarnBytes: videoWarnBytes, Source: sourceMedia},
		{Use: useMessage, Kind: media.KindAudio, Purpose: message, Types: audioTypes, LimitBytes: videoLimitBytes, WarnBytes: videoWarnBytes, Source: sourceMedia},
		{Use: useMessage, Kind: media.KindDocument, Purpose: message, Types: documentTypes, LimitBytes: documentLimitBytes, Source: sourceMedia},
		{Use: useStatic, Kind: media.KindSticker, Purpose: message, Types: stickerTypes, LimitBytes: stickerLimitBytes, Source: sourceSticker},
		{Use: useAnimated, Kind: media.KindSticker, Purpose: message, Types: stickerTypes, LimitBytes: animatedLimitBytes, Source: sourceSticker},
		{Use: useTemplate, Kind: media.KindImage, Purpose: template, Types: imageTypes, LimitBytes: imageLimitBytes, WarnBytes: imageWarnBytes, Source: sourceResume},
		{Use: useTemplate, Kind: media.KindVideo, Purpose: template, Types: []string{"video/mp4"}, LimitBytes: videoLimitBytes, WarnBytes: videoWarnBytes, Source: sourceResume},
		{Use: useTemplate, Kind: media.KindDocument, Purpose: template, Types: []string{"application/pdf"}, LimitBytes: documentLimitBytes, Source: sourceDocument},
		{Use: useProfile, Kind: media.KindImage, Purpose: profile, Types: imageTypes, LimitBytes: imageLimitBytes, WarnBytes: imageWarnBytes, Source: sourceProfile},
	})
}

func narrower() []Rule {
	message, template := media.PurposeMessage, media.PurposeTemplate
	return []Rule{
		{Use: useVoice, Kind: media.KindAudio, Purpose: message, Types: []string{"audio/ogg"}, LimitBytes: videoLimitBytes, WarnBytes: voicePlayLimitBytes, Narrower: true, Source: sourceVoice},
		{Use: useGIF, Kind: media.KindVideo, Purpose: template, Types: []string{"video/mp4"}, LimitBytes: gifLimitBytes, Narrower: true, Source: sourceGIF},
		{Use: useCarousel, Kind: media.KindImage, Purpose: template, Types: imageTypes, LimitBytes: imageLimitBytes, WarnBytes: imageWarnBytes, Narrower: true, Source: sourceCarousel},
		{Use: useCarousel, Kind: media.KindVideo, Purpose: template, Types: []string{"video/mp4"}, LimitBytes: videoLimitBytes, WarnBytes: videoWarnBytes, Narrower: true, Source: sourceCarousel},
	}
}

// newRules fills in what follows from the rest of a line.
func newRules(rules []Rule) []Rule {
	for i := range rules {
		rules[i].Read = read
		rules[i].Extensions = extensionsOf(rules[i].Types)
	}
	return rules
}

func extensionsOf(types []string) []string {
	var all []string
	for _, t := range types {
		for _, extension := range formatOf(t).extensions {
			all = append(all, "."+extension)
		}
	}
	return all
}

// rulesFor lists the lines of one kind and purpose.
func rulesFor(kind media.Kind, purpose media.Purpose) []Rule {
	var lines []Rule
	for _, rule := range table {
		if rule.Kind == kind && rule.Purpose == purpose {
			lines = append(lines, rule)
		}
	}
	return lines
}
