package probe

import (
	"slices"
	"strings"
)

// isobmffImageType returns the media type of an image by its brands (ISO/IEC
// 23008-12, section 10; AV1 Image File Format, section 7); empty for no image.
func isobmffImageType(brand string, brands []string) string {
	switch brand {
	case "avif", "avis":
		return "image/avif"
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs":
		return "image/heic"
	case "crx ":
		return "image/x-canon-cr3"
	case "jp2 ", "jpx ", "jpm ":
		return "image/jp2"
	case "mif1", "msf1", "miaf", "mif2":
		if slices.Contains(brands, "avif") || slices.Contains(brands, "avis") {
			return "image/avif"
		}
		return "image/heic"
	}
	return ""
}

// mediaType returns the media type of a movie. Software writes many brands for MP4,
// so only the few with another meaning are listed. Audio without video is audio/mp4
// under any of the MP4 brands.
func (r *isoReader) mediaType() string {
	hasAudio, hasVideo := len(r.movie.Of(RoleAudio)) > 0, len(r.movie.Of(RoleVideo)) > 0
	audioOnly := hasAudio && !hasVideo
	switch {
	case r.brand == "qt  " || r.brand == "mqt " || r.brand == "":
		return "video/quicktime"
	case strings.HasPrefix(r.brand, "3g2"):
		return choose(audioOnly, "audio/3gpp2", "video/3gpp2")
	case strings.HasPrefix(r.brand, "3g"):
		return choose(audioOnly, "audio/3gpp", "video/3gpp")
	case audioOnly, isAudioBrand(r.brand) && !hasVideo:
		return "audio/mp4"
	}
	return "video/mp4"
}

// isAudioBrand lists the brands that Apple's software writes for audio.
func isAudioBrand(brand string) bool {
	switch brand {
	case "M4A ", "M4B ", "M4P ":
		return true
	}
	return false
}

// choose returns yes if first is true and no otherwise.
func choose[T any](first bool, yes, no T) T {
	if first {
		return yes
	}
	return no
}
