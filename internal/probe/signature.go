package probe

import (
	"bytes"

	"mediarelay/internal/probe/input"
)

// signature maps bytes at a fixed offset to a type.
type signature struct {
	offset int
	magic  string
	typ    string
}

// signatures lists types that need no parser. Few of them are accepted; the others
// are listed so that the refusal can name the format.
var signatures = []signature{
	{0, "GIF87a", "image/gif"},
	{0, "GIF89a", "image/gif"},
	{0, "II*\x00", "image/tiff"},
	{0, "MM\x00*", "image/tiff"},
	{0, "II+\x00", "image/tiff"},
	{0, "MM\x00+", "image/tiff"},
	{0, "\xFF\x0A", "image/jxl"},
	{0, "\x00\x00\x00\x0CJXL \r\n\x87\n", "image/jxl"},
	{0, "\x00\x00\x00\x0CjP  \r\n\x87\n", "image/jp2"},
	{0, "8BPS", "image/vnd.adobe.photoshop"},
	{0, "ADIF", "audio/x-adif"},
	{0, "fLaC", "audio/flac"},
	{0, "MThd", "audio/midi"},
	{0, "caff\x00", "audio/x-caf"},
	{0, ".snd", "audio/basic"},
	{0, "MAC ", "audio/x-ape"},
	{0, "FLV\x01", "video/x-flv"},
	{0, "\x00\x00\x01\xBA", "video/mpeg"},
	{0, "\x00\x00\x01\xB3", "video/mpeg"},
	{0, "\x00\x00\x00\x01\x67", "video/h264"},
	{0, ".RMF", "application/vnd.rn-realmedia"},
	{0, "Rar!\x1A\x07", "application/vnd.rar"},
	{0, "7z\xBC\xAF\x27\x1C", "application/x-7z-compressed"},
	{0, "\x1F\x8B\x08", "application/gzip"},
	{0, "BZh", "application/x-bzip2"},
	{0, "\xFD7zXZ\x00", "application/x-xz"},
	{0, "\x28\xB5\x2F\xFD", "application/zstd"},
	{257, "ustar", "application/x-tar"},
	{0, "MZ", "application/vnd.microsoft.portable-executable"},
	{0, "\x7FELF", "application/x-elf"},
	{0, "\x00asm", "application/wasm"},
	{0, "SQLite format 3\x00", "application/vnd.sqlite3"},
	{0, "wOFF", "font/woff"},
	{0, "wOF2", "font/woff2"},
	// Excel before compound files ([MS-XLS], BOF records of BIFF2 to BIFF8).
	{0, "\x09\x00\x04\x00", "application/vnd.ms-excel"},
	{0, "\x09\x02\x06\x00", "application/vnd.ms-excel"},
	{0, "\x09\x04\x06\x00", "application/vnd.ms-excel"},
	{0, "\x09\x08\x10\x00\x00\x06\x05\x00", "application/vnd.ms-excel"},
}

// textSignatures lists formats whose files may consist of printable characters: two
// by design, and AMR, whose silence frames are letters. The other signatures do not
// apply to a file of printable characters: "MZ Meeting" is not a program.
var textSignatures = []signature{
	{0, "#!AMR-WB\n", "audio/amr-wb"},
	{0, "#!AMR_MC1.0\n", "audio/amr-mc"},
	{0, "#!AMR-WB_MC1.0\n", "audio/amr-wb"},
	{0, "{\\rtf", "application/rtf"},
	{0, "%!PS", "application/postscript"},
}

func signatureOf(head []byte, encoding encoding) string {
	if t := listed(textSignatures, head); t != "" || encoding != notText {
		return t
	}
	if t := listed(signatures, head); t != "" {
		return t
	}
	for _, match := range []func([]byte) string{riffType, iffType, asfType, bitmapType, iconType} {
		if t := match(head); t != "" {
			return t
		}
	}
	return ""
}

func listed(list []signature, head []byte) string {
	for _, s := range list {
		if hasAt(head, s.offset, s.magic) {
			return s.typ
		}
	}
	return ""
}

func riffType(head []byte) string {
	if !hasAt(head, 0, "RIFF") && !hasAt(head, 0, "RF64") {
		return ""
	}
	switch {
	case hasAt(head, 8, "WAVE"):
		return "audio/wav"
	case hasAt(head, 8, "AVI "):
		return "video/x-msvideo"
	case hasAt(head, 8, "RMID"):
		return "audio/midi"
	}
	return ""
}

func iffType(head []byte) string {
	if hasAt(head, 0, "FORM") && (hasAt(head, 8, "AIFF") || hasAt(head, 8, "AIFC")) {
		return "audio/aiff"
	}
	return ""
}

// asfType searches for the stream type GUIDs (ASF specification, section 10.4).
func asfType(head []byte) string {
	const header, video, audio = "\x30\x26\xB2\x75\x8E\x66\xCF\x11", "\xC0\xEF\x19\xBC\x4D\x5B\xCF\x11", "\x40\x9E\x69\xF8\x4D\x5B\xCF\x11"
	switch {
	case !hasAt(head, 0, header):
		return ""
	case bytes.Contains(head, []byte(audio)) && !bytes.Contains(head, []byte(video)):
		return "audio/x-ms-wma"
	}
	return "video/x-ms-asf"
}

// bitmapType requires more than "BM": zero reserved words and a known header size.
func bitmapType(head []byte) string {
	if !hasAt(head, 0, "BM") || len(head) < 18 || input.LE32(head[6:]) != 0 {
		return ""
	}
	if size := input.LE32(head[14:]); size >= 12 && size <= 124 {
		return "image/bmp"
	}
	return ""
}

// iconType requires a plausible count and a first entry whose reserved byte is zero.
func iconType(head []byte) string {
	icon, cursor := hasAt(head, 0, "\x00\x00\x01\x00"), hasAt(head, 0, "\x00\x00\x02\x00")
	if !icon && !cursor || len(head) < 22 {
		return ""
	}
	if count := input.LE16(head[4:]); count == 0 || count > 256 || head[9] != 0 {
		return ""
	}
	return "image/vnd.microsoft.icon"
}
