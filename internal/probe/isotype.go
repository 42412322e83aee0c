package probe

import (
	"slices"
	"strings"
)

// isoImage names the pictures of the family by their brands (ISO/IEC 23008-12,
// section 10; AV1 Image File Format, section 7). Empty: no picture.
func isoImage(brand string, brands []string) string {
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

// mediaType names the movie. Programs write many brands for MP4; the few that
// mean something else are listed. Sound alone is audio/mp4 whatever the brand.
func (r *isoReader) mediaType() string {
	silent, blind := len(r.movie.Of(RoleAudio)) == 0, len(r.movie.Of(RoleVideo)) == 0
	soundAlone := blind && !silent
	switch {
	case r.brand == "qt  " || r.brand == "mqt " || r.brand == "":
		return "video/quicktime"
	case strings.HasPrefix(r.brand, "3g2"):
		return choose(soundAlone, "audio/3gpp2", "video/3gpp2")
	case strings.HasPrefix(r.brand, "3g"):
		return choose(soundAlone, "audio/3gpp", "video/3gpp")
	case soundAlone, isSoundBrand(r.brand) && blind:
		return "audio/mp4"
	}
	return "video/mp4"
}

// isSoundBrand: the brands that Apple's programs write for sound.
func isSoundBrand(brand string) bool {
	switch brand {
	case "M4A ", "M4B ", "M4P ":
		return true
	}
	return false
}

func choose[T any](first bool, yes, no T) T {
	if first {
		return yes
	}
	return no
}
