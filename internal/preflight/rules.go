package preflight

import (
	"slices"

	"mediarelay/internal/media"
)

// Rule is a line of the rule table: what one kind accepts for one purpose.
type Rule struct {
	// Use names the rule: a kind can have several, such as the two of stickers.
	Use     string
	Kind    media.Kind
	Purpose media.Purpose
	// Types lists the accepted media types, without parameters.
	Types []string
	// Extensions lists the extensions of those types, each with its full stop.
	Extensions []string
	// LimitBytes is the largest accepted size.
	LimitBytes int64
	// WarnBytes is the size above which there is a warning: the smaller
	// interpretation of the provider's "MB". 0 for none.
	WarnBytes int64
	// Narrower is set for a use within that of another rule. An upload cannot request
	// it.
	Narrower bool
	// Source names the document that states the rule, Read the date it was consulted.
	Source string
	Read   string
}

// Limits in bytes, inclusive. WhatsApp's sticker validators count 1024 bytes per
// kilobyte, and a file of exactly 104,857,600 bytes was delivered, so a megabyte is
// taken as 1024 x 1024 bytes. For 5 and 16 MB this is not measured: a size between the
// two interpretations gets a warning.
const (
	imageLimitBytes     int64 = 5 << 20
	imageWarnBytes      int64 = 5_000_000
	videoLimitBytes     int64 = 16 << 20
	videoWarnBytes      int64 = 16_000_000
	stickerLimitBytes   int64 = 100 << 10
	animatedLimitBytes  int64 = 500 << 10
	documentLimitBytes  int64 = media.MaxUploadBytes
	voicePlayLimitBytes int64 = 512 << 10
	// gifLimitBytes is 3.5 MB: a larger header is displayed as a video.
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

// Rules returns the whole table, followed by the uses that an upload cannot request. A
// file for one of those is judged by the rule of its kind and purpose; whoever sends the
// message or template must respect the rest. The caller may modify the result.
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

// narrower returns the uses that an upload cannot request.
func narrower() []Rule {
	message, template := media.PurposeMessage, media.PurposeTemplate
	return []Rule{
		{Use: useVoice, Kind: media.KindAudio, Purpose: message, Types: []string{"audio/ogg"}, LimitBytes: videoLimitBytes, WarnBytes: voicePlayLimitBytes, Narrower: true, Source: sourceVoice},
		{Use: useGIF, Kind: media.KindVideo, Purpose: template, Types: []string{"video/mp4"}, LimitBytes: gifLimitBytes, Narrower: true, Source: sourceGIF},
		{Use: useCarousel, Kind: media.KindImage, Purpose: template, Types: imageTypes, LimitBytes: imageLimitBytes, WarnBytes: imageWarnBytes, Narrower: true, Source: sourceCarousel},
		{Use: useCarousel, Kind: media.KindVideo, Purpose: template, Types: []string{"video/mp4"}, LimitBytes: videoLimitBytes, WarnBytes: videoWarnBytes, Narrower: true, Source: sourceCarousel},
	}
}

// newRules adds the date and the extensions to each rule.
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

// rulesFor returns the rules of one kind and purpose.
func rulesFor(kind media.Kind, purpose media.Purpose) []Rule {
	var rules []Rule
	for _, rule := range table {
		if rule.Kind == kind && rule.Purpose == purpose {
			rules = append(rules, rule)
		}
	}
	return rules
}
