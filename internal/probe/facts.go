package probe

// Facts is what the bytes say. A part that does not apply is nil; a number that
// could not be read is zero.
type Facts struct {
	// Type is the IANA media type without parameters, or the name in common
	// use where none is registered. Empty: nothing known.
	Type string
	// Size is the length in bytes.
	Size int64
	// Flaws are what is wrong with the file as a whole.
	Flaws []Flaw
	// Image is set for pictures whose inside was read.
	Image *Image
	// Movie is set for everything with tracks, sound alone included.
	Movie *Movie
	// Document is set for documents whose inside was read.
	Document *Document
}

// Flaw is something wrong with a file as a whole.
type Flaw string

// The flaws.
const (
	Empty      Flaw = "empty"      // no bytes at all
	Unreadable Flaw = "unreadable" // the reader failed; nothing is known
	Truncated  Flaw = "truncated"  // bytes that the file promises are missing
	Corrupt    Flaw = "corrupt"    // bytes contradict the format
	Trailing   Flaw = "trailing"   // bytes follow the end of the content
	Leading    Flaw = "leading"    // bytes that do not belong to the content stand before it
	// Undetermined: the bounds were reached before everything was read.
	Undetermined Flaw = "undetermined"
)

// Has says whether the file has a flaw.
func (f *Facts) Has(flaw Flaw) bool {
	for _, have := range f.Flaws {
		if have == flaw {
			return true
		}
	}
	return false
}

func (f *Facts) flaw(flaw Flaw) {
	if !f.Has(flaw) {
		f.Flaws = append(f.Flaws, flaw)
	}
}

// Color is how a picture's samples make colour.
type Color string

// The colours.
const (
	ColorRGB       Color = "RGB"
	ColorRGBA      Color = "RGBA"
	ColorGray      Color = "grey"
	ColorGrayAlpha Color = "grey with alpha"
	ColorPalette   Color = "palette"
	ColorCMYK      Color = "CMYK"
	ColorYCCK      Color = "YCCK"
)

// Coding is how a JPEG's samples are coded.
type Coding string

// The codings. Every phone shows the first two.
const (
	CodingBaseline     Coding = "baseline"
	CodingProgressive  Coding = "progressive"
	CodingLossless     Coding = "lossless"
	CodingHierarchical Coding = "hierarchical"
	CodingArithmetic   Coding = "arithmetic"
)

// Image is the inside of a picture.
type Image struct {
	Width, Height int // pixels
	Depth         int // bits a sample
	Color         Color
	Coding        Coding
	Orientation   int  // EXIF, 1 to 8; 0 where it says nothing
	GPS           bool // EXIF tells where it was taken
	Alpha         bool
	// Animated: there are two frames or more.
	Animated bool
	Frames   int
	// DurationMilliseconds is one run of the animation;
	// ShortestMilliseconds its shortest frame.
	DurationMilliseconds, ShortestMilliseconds int
}

// Role is what a track is for.
type Role string

// The roles.
const (
	RoleVideo   Role = "video"
	RoleAudio   Role = "audio"
	RolePicture Role = "picture" // cover art or chapter pictures
	RoleOther   Role = "other"   // subtitles, time codes, metadata
)

// Movie is the inside of a file with tracks.
type Movie struct {
	Tracks []Track
	// Fragmented: the samples are described in pieces (moof), as recorders
	// and streaming make them.
	Fragmented bool
	// IndexLast: the description (moov) follows the media (mdat), so playback
	// cannot begin before all is loaded.
	IndexLast            bool
	DurationMilliseconds int64
}

// Track is one track. Codec is a short name such as "h264" or "aac"; empty
// where it could not be read.
type Track struct {
	Role      Role
	Codec     string
	Encrypted bool

	// Of video.
	Width, Height int // pixels, before rotation
	Rotation      int // degrees clockwise: 0, 90, 180 or 270
	Profile       int // H.264 profile_idc; 0 where it could not be read
	Level         int // H.264 level_idc
	Chroma        int // H.264 chroma_format_idc: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4
	Depth         int // bits a sample
	BFrames       bool

	// Of audio.
	Channels int
}

// Of lists the tracks of a role.
func (m *Movie) Of(role Role) []Track {
	var tracks []Track
	for _, t := range m.Tracks {
		if t.Role == role {
			tracks = append(tracks, t)
		}
	}
	return tracks
}

// Document is the inside of a document.
type Document struct {
	// Encrypted: a password is needed to read it.
	Encrypted bool
	// JavaScript: a PDF that runs a script.
	JavaScript bool
	// OldText: a text in a code page that nothing in it names. Type is empty
	// where its name alone can say that it is one.
	OldText bool
	// HeaderOffset is where a PDF's header stands; it belongs at 0.
	HeaderOffset int
}
