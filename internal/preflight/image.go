package preflight

import (
	"mediarelay/internal/probe"
	"mediarelay/internal/reason"
)

// maxPixels protects phones and previews: decoded as RGBA, this many pixels take 1 GiB.
// WhatsApp publishes no limit.
const maxPixels = 1 << 28

// image checks "Images must be 8-bit, RGB or RGBA" (Cloud API, Media reference).
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

// color refuses what phones cannot display. Greyscale and palette images violate the
// wording of the rule, but are delivered in production, so they get a warning.
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

// camera warns of what cameras write into EXIF.
func (c *candidate) camera(p *probe.Image, found *reasons) {
	if p.Orientation > 1 {
		found.warn(reason.ImageRotated, nil, reason.TurnPixels)
	}
	if p.GPS {
		found.warn(reason.ImageLocation, nil, reason.RemoveLocation)
	}
}

// A profile picture is displayed as a square of 640 x 640 pixels; below 192 pixels
// resizing may fail; transparency becomes black (360dialog, WhatsApp profile
// information).
const minProfilePixels = 192

// profile checks a profile picture.
func (c *candidate) profile(found *reasons) {
	p := c.f.Image
	if p == nil {
		return
	}
	if p.Width != p.Height {
		found.warn(reason.ProfileNotSquare, pixels(p), reason.CropSquare)
	}
	if min(p.Width, p.Height) < minProfilePixels {
		found.warn(reason.ProfileSmall, append(pixels(p),
			reason.Number("limit", minProfilePixels, reason.UnitPixels)), reason.ChooseAnotherFile)
	}
	if p.Alpha {
		found.warn(reason.ProfileTransparent, nil, reason.ConvertToJPEG)
	}
}

// A sticker has 512 x 512 pixels, frames of at least 8 ms and a duration of at most
// 10 s. The two durations come from WhatsApp's validator of sticker packs. The Cloud API
// does not state them, so they give warnings.
const (
	stickerPixels          = 512
	minFrameMilliseconds   = 8
	maxStickerMilliseconds = 10_000
)

// sticker checks a sticker.
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
	if p.DurationMilliseconds > maxStickerMilliseconds {
		found.warn(reason.StickerDuration, durations(p.DurationMilliseconds, maxStickerMilliseconds), reason.ShortenAnimation)
	}
	if p.ShortestMilliseconds < minFrameMilliseconds {
		found.warn(reason.StickerFrame, durations(p.ShortestMilliseconds, minFrameMilliseconds), reason.ShortenAnimation)
	}
}

func durations(duration, limit int) []reason.Fact {
	return facts(
		reason.Number("duration", int64(duration), reason.UnitMilliseconds),
		reason.Number("limit", int64(limit), reason.UnitMilliseconds))
}
