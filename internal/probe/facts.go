package probe

import "mediarelay/internal/probe/input"

// Facts describes a file by its bytes. A part that does not apply is nil; a number
// that could not be read is zero.
type Facts struct {
	// Type is the IANA media type without parameters, or the name in common use
	// if none is registered; empty if unknown.
	Type string
	// Size is the length in bytes.
	Size int64
	// Flaws lists what is wrong with the file as a whole, each at most once.
	Flaws []Flaw
	// Image is set for images that were parsed.
	Image *Image
	// Movie is set for every parsed file with tracks, audio files included.
	Movie *Movie
	// Document is set for documents that were parsed.
	Document *Document
}

// Flaw is a defect of a file as a whole.
type Flaw string

// The flaws.
const (
	Empty      Flaw = "empty"      // the file has no bytes
	Unreadable Flaw = "unreadable" // the reader failed; nothing is known of the file
	Truncated  Flaw = "truncated"  // bytes that the file declares are missing
	Corrupt    Flaw = "corrupt"    // bytes contradict the format
	Trailing   Flaw = "trailing"   // foreign bytes follow the content
	Leading    Flaw = "leading"    // foreign bytes precede the content
	// Undetermined means that a bound was reached before everything was read.
	Undetermined Flaw = "undetermined"
)

// Has reports whether the file has a flaw.
func (f *Facts) Has(flaw Flaw) bool {
	for _, have := range f.Flaws {
		if have == flaw {
			return true
		}
	}
	return false
}

func (f *Facts) addFlaw(flaw Flaw) {
	if !f.Has(flaw) {
		f.Flaws = append(f.Flaws, flaw)
	}
}

// endsEarly adds Truncated, unless the bytes are missing because the read budget
// ran out.
func (f *Facts) endsEarly(file *input.File) {
	if !file.Exhausted() {
		f.addFlaw(Truncated)
	}
}

// malformed adds Truncated if a structure that ends at end is cut by the end of the
// file, and Corrupt if it is not.
func (f *Facts) malformed(file *input.File, end int64) {
	switch {
	case end > file.Size():
		f.endsEarly(file)
	case !file.Exhausted():
		f.addFlaw(Corrupt)
	}
}

// Color is an image's colour model.
type Color string

// The colour models.
const (
	ColorRGB       Color = "RGB"
	ColorRGBA      Color = "RGBA"
	ColorGray      Color = "grey"
	ColorGrayAlpha Color = "grey with alpha"
	ColorPalette   Color = "palette"
	ColorCMYK      Color = "CMYK"
	ColorYCCK      Color = "YCCK"
)

// Coding is a JPEG's coding process (ITU-T T.81, table B.1).
type Coding string

// The coding processes. Every phone decodes the first two.
const (
	CodingBaseline     Coding = "baseline"
	CodingProgressive  Coding = "progressive"
	CodingLossless     Coding = "lossless"
	CodingHierarchical Coding = "hierarchical"
	CodingArithmetic   Coding = "arithmetic"
)

// Image describes a JPEG, PNG or WebP.
type Image struct {
	Width, Height int    // pixels, before EXIF rotation
	Depth         int    // bits per sample
	Color         Color  // empty if unknown
	Coding        Coding // of a JPEG
	Orientation   int    // EXIF Orientation, 1 to 8; 0 if absent
	GPS           bool   // EXIF contains a latitude
	Alpha         bool
	// Animated is set if there are two frames or more.
	Animated bool
	Frames   int // of a PNG or WebP
	// DurationMilliseconds is the duration of one loop of a WebP animation;
	// ShortestMilliseconds that of its shortest frame.
	DurationMilliseconds, ShortestMilliseconds int
}

// Role is the purpose of a track.
type Role string

// The roles.
const (
	RoleVideo   Role = "video"
	RoleAudio   Role = "audio"
	RolePicture Role = "picture" // cover art or chapter images
	RoleOther   Role = "other"   // subtitles, timecode, metadata
)

// Movie describes a file with tracks.
type Movie struct {
	Tracks []Track
	// Fragmented is set if movie fragments (moof) describe the samples, as in files
	// of recorders and streaming software.
	Fragmented bool
	// IndexLast is set if the index (moov) follows the media data (mdat), so that
	// playback cannot start before the whole file is loaded.
	IndexLast bool
}

// Track is one track. Codec is a short name such as "h264" or "aac"; empty if it
// could not be determined.
type Track struct {
	Role      Role
	Codec     string
	Encrypted bool

	// Video only.
	Width, Height int // pixels, before rotation
	Profile       int // H.264 profile_idc; 0 if it could not be read
	Chroma        int // H.264 chroma_format_idc: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4
	Depth         int // bits per sample
	BFrames       bool

	// Audio only.
	Channels int
}

// Of returns the tracks with a role.
func (m *Movie) Of(role Role) []Track {
	var tracks []Track
	for _, t := range m.Tracks {
		if t.Role == role {
			tracks = append(tracks, t)
		}
	}
	return tracks
}

// Document describes an office document, a PDF or a text.
type Document struct {
	// Encrypted is set if reading it needs a password.
	Encrypted bool
	// JavaScript is set for a PDF that contains a script.
	JavaScript bool
	// UnknownEncoding is set for text in a code page that the file does not name.
	// Type is empty if only the file's name can confirm that it is text.
	UnknownEncoding bool
	// HeaderOffset is the offset of a PDF's header in bytes; it should be 0.
	HeaderOffset int
}
