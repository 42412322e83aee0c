package preflight

import (
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// maxPixels guards phones and previews: decoded as RGBA, this many pixels take
// 1 GiB. WhatsApp publishes no limit of its own.
const maxPixels = 1 << 28

// image holds a picture against "Images must be 8-bit, RGB or RGBA" (Cloud API,
// Media reference).
func (c *candidate) image(found *reasons) {
	p := c.f.Image
	if p == nil {
		return
	}
	if int64(p.Width)*int64(p.Height) > maxPixels {
		found.refuse(reason.ImagePixels, pixels(p), reason.MakeSmaller)
	}
	if p.Depth != 0 && p.Depth != 8 {
		found.refuse(reason.ImageDepth, count("depth", p.Depth), c.depthFix())
	} else {
		c.color(p, found)
	}
	if isUndecodable(p.Coding) {
		found.refuse(reason.ImageCoding, facts(reason.Text("coding", string(p.Coding))), reason.ConvertToJPEG)
	}
	if p.Animated {
		found.warn(reason.ImageAnimated, nil, reason.ConvertToMP4)
	}
	c.camera(p, found)
}

func pixels(p *probe.Image) []reason.Fact {
	return facts(
		reason.Number("width", int64(p.Width), reason.UnitPixels),
		reason.Number("height", int64(p.Height), reason.UnitPixels))
}

func (c *candidate) depthFix() reason.Fix {
	if c.typ == "image/png" {
		return reason.ConvertToPNG8
	}
	return reason.ConvertToJPEG
}

// color: grey and palette are contrary to the letter, but a media library in
// production sees them delivered.
func (c *candidate) color(p *probe.Image, found *reasons) {
	fact := facts(reason.Text("color", string(p.Color)))
	switch p.Color {
	case probe.ColorCMYK, probe.ColorYCCK:
		found.refuse(reason.ImageColor, fact, reason.ConvertToRGB)
	case probe.ColorGray, probe.ColorGrayAlpha, probe.ColorPalette:
		found.warn(reason.ImageColorUnusual, fact, reason.ConvertToRGB)
	case "":
		if p.Width > 0 && !c.f.Has(probe.Corrupt) && !c.f.Has(probe.Truncated) {
			found.refuse(reason.ImageColor, facts(reason.Text("color", "?")), reason.ConvertToRGB)
		}
	}
}

func isUndecodable(coding probe.Coding) bool {
	switch coding {
	case probe.CodingArithmetic, probe.CodingLossless, probe.CodingHierarchical:
		return true
	}
	return false
}

func (c *candidate) camera(p *probe.Image, found *reasons) {
	if p.Orientation > 1 {
		found.warn(reason.ImageRotated, nil, reason.TurnPixels)
	}
	if p.GPS {
		found.warn(reason.ImageLocation, nil, reason.RemoveLocation)
	}
}

// Profile pictures are shown square at 640 x 640; below 192 pixels resizing may
// break; transparency becomes black (360dialog, WhatsApp profile information).
const leastProfilePixels = 192

func (c *candidate) profile(found *reasons) {
	p := c.f.Image
	if p == nil {
		return
	}
	if p.Width != p.Height {
		found.warn(reason.ProfileNotSquare, pixels(p), reason.CropSquare)
	}
	if min(p.Width, p.Height) < leastProfilePixels {
		found.warn(reason.ProfileSmall, append(pixels(p),
			reason.Number("limit", leastProfilePixels, reason.UnitPixels)), reason.ChooseAnotherFile)
	}
	if p.Alpha {
		found.warn(reason.ProfileTransparent, nil, reason.ConvertToJPEG)
	}
}

// Stickers: 512 x 512, frames of at least 8 ms, at most 10 s in all. The two
// times are of the sticker packs' validator and are not repeated for the Cloud
// API, so they warn.
const (
	stickerPixels           = 512
	leastFrameMilliseconds  = 8
	mostStickerMilliseconds = 10_000
)

func (c *candidate) sticker(found *reasons) {
	p := c.f.Image
	if p == nil {
		return
	}
	unread := p.Width == 0 && c.damaged()
	if !unread && (p.Width != stickerPixels || p.Height != stickerPixels) {
		found.refuse(reason.StickerSize, pixels(p), reason.ConvertToSticker)
	}
	if !p.Animated {
		return
	}
	if p.DurationMilliseconds > mostStickerMilliseconds {
		found.warn(reason.StickerDuration, durations(p.DurationMilliseconds, mostStickerMilliseconds), reason.ShortenAnimation)
	}
	if p.ShortestMilliseconds < leastFrameMilliseconds {
		found.warn(reason.StickerFrame, durations(p.ShortestMilliseconds, leastFrameMilliseconds), reason.ShortenAnimation)
	}
}

func durations(duration, limit int) []reason.Fact {
	return facts(
		reason.Number("duration", int64(duration), reason.UnitMilliseconds),
		reason.Number("limit", int64(limit), reason.UnitMilliseconds))
}
