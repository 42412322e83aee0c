package preflight

import (
	"slices"
	"strings"

	"mediarelay/internal/media"
)

// format gives the name of a media type and the extensions of its files, the preferred
// one first.
type format struct {
	typ, name  string
	extensions []string
}

// formats lists the types that WhatsApp accepts, then others that people try to send.
// Names are the same in every language.
var formats = []format{
	{"image/jpeg", "JPEG", []string{"jpg", "jpeg"}},
	{"image/png", "PNG", []string{"png"}},
	{"image/webp", "WebP", []string{"webp"}},
	{"video/mp4", "MP4", []string{"mp4"}},
	{"video/3gpp", "3GP", []string{"3gp"}},
	{"audio/aac", "AAC", []string{"aac"}},
	{"audio/amr", "AMR", []string{"amr"}},
	{"audio/mpeg", "MP3", []string{"mp3"}},
	{"audio/mp4", "M4A", []string{"m4a"}},
	{"audio/ogg", "Ogg", []string{"ogg"}},
	{"text/plain", "TXT", []string{"txt"}},
	{"application/pdf", "PDF", []string{"pdf"}},
	{"application/msword", "DOC", []string{"doc"}},
	{"application/vnd.ms-excel", "XLS", []string{"xls"}},
	{"application/vnd.ms-powerpoint", "PPT", []string{"ppt"}},
	{openXML + "wordprocessingml.document", "DOCX", []string{"docx"}},
	{openXML + "spreadsheetml.sheet", "XLSX", []string{"xlsx"}},
	{openXML + "presentationml.presentation", "PPTX", []string{"pptx"}},

	{"image/gif", "GIF", []string{"gif"}},
	{"image/heic", "HEIC", []string{"heic", "heif"}},
	{"image/avif", "AVIF", []string{"avif"}},
	{"image/tiff", "TIFF", []string{"tiff", "tif"}},
	{"image/bmp", "BMP", []string{"bmp"}},
	{"image/svg+xml", "SVG", []string{"svg"}},
	{"image/jxl", "JPEG XL", []string{"jxl"}},
	{"image/jp2", "JPEG 2000", []string{"jp2"}},
	{"image/vnd.microsoft.icon", "ICO", []string{"ico"}},
	{"image/vnd.adobe.photoshop", "PSD", []string{"psd"}},
	{"image/x-canon-cr3", "CR3", []string{"cr3"}},
	{"video/quicktime", "QuickTime (MOV)", []string{"mov"}},
	{"video/webm", "WebM", []string{"webm"}},
	{"video/matroska", "Matroska (MKV)", []string{"mkv"}},
	{"video/x-msvideo", "AVI", []string{"avi"}},
	{"video/mpeg", "MPEG", []string{"mpg", "mpeg"}},
	{"video/mp2t", "MPEG-TS", []string{"ts", "mts", "m2ts"}},
	{"video/x-flv", "FLV", []string{"flv"}},
	{"video/x-ms-asf", "Windows Media", []string{"wmv", "asf"}},
	{"video/ogg", "Ogg Theora", []string{"ogv"}},
	{"video/3gpp2", "3G2", []string{"3g2"}},
	{"video/h264", "H.264", []string{"h264"}},
	{"audio/webm", "WebM", []string{"weba", "webm"}},
	{"audio/matroska", "Matroska (MKA)", []string{"mka"}},
	{"audio/3gpp", "3GP", []string{"3gp"}},
	{"audio/3gpp2", "3G2", []string{"3g2"}},
	{"audio/wav", "WAV", []string{"wav"}},
	{"audio/flac", "FLAC", []string{"flac"}},
	{"audio/aiff", "AIFF", []string{"aiff", "aif"}},
	{"audio/amr-wb", "AMR-WB", []string{"amr", "awb"}},
	{"audio/amr-mc", "AMR", []string{"amr"}},
	{"audio/x-adif", "AAC (ADIF)", []string{"aac"}},
	{"audio/midi", "MIDI", []string{"mid", "midi"}},
	{"audio/x-ms-wma", "Windows Media", []string{"wma"}},
	{"audio/x-caf", "CAF", []string{"caf"}},
	{"audio/x-ape", "APE", []string{"ape"}},
	{"audio/basic", "AU", []string{"au"}},
	{"text/csv", "CSV", []string{"csv"}},
	{"text/html", "HTML", []string{"html", "htm"}},
	{"application/json", "JSON", []string{"json"}},
	{"application/xml", "XML", []string{"xml"}},
	{"application/rtf", "RTF", []string{"rtf"}},
	{"application/zip", "ZIP", []string{"zip"}},
	{"application/epub+zip", "EPUB", []string{"epub"}},
	{"application/java-archive", "JAR", []string{"jar"}},
	{"application/vnd.android.package-archive", "APK", []string{"apk"}},
	{"application/vnd.rar", "RAR", []string{"rar"}},
	{"application/x-7z-compressed", "7z", []string{"7z"}},
	{"application/gzip", "gzip", []string{"gz", "tgz"}},
	{"application/x-bzip2", "bzip2", []string{"bz2"}},
	{"application/x-tar", "TAR", []string{"tar"}},
	{"application/vnd.ms-outlook", "Outlook MSG", []string{"msg"}},
	{"application/vnd.oasis.opendocument.text", "ODT", []string{"odt"}},
	{"application/vnd.oasis.opendocument.spreadsheet", "ODS", []string{"ods"}},
	{"application/vnd.oasis.opendocument.presentation", "ODP", []string{"odp"}},
	{"application/vnd.ms-word.document.macroEnabled.12", "DOCM", []string{"docm"}},
	{"application/vnd.ms-excel.sheet.macroEnabled.12", "XLSM", []string{"xlsm"}},
	{"application/vnd.ms-powerpoint.presentation.macroEnabled.12", "PPTM", []string{"pptm"}},
	{"application/vnd.ms-word.template.macroEnabled.12", "DOTM", []string{"dotm"}},
	{"application/vnd.ms-excel.template.macroEnabled.12", "XLTM", []string{"xltm"}},
	{"application/vnd.ms-excel.sheet.binary.macroEnabled.12", "XLSB", []string{"xlsb"}},
	{"application/vnd.ms-excel.addin.macroEnabled.12", "XLAM", []string{"xlam"}},
	{"application/vnd.ms-powerpoint.template.macroEnabled.12", "POTM", []string{"potm"}},
	{"application/vnd.ms-powerpoint.slideshow.macroEnabled.12", "PPSM", []string{"ppsm"}},
	{"application/vnd.ms-office.vbaProject", "Office", nil},
	{"application/vnd.openxmlformats-officedocument", "Office", nil},
	{"application/x-ole-storage", "Office", nil},
	{openXML + "wordprocessingml.template", "DOTX", []string{"dotx"}},
	{openXML + "spreadsheetml.template", "XLTX", []string{"xltx"}},
	{openXML + "presentationml.template", "POTX", []string{"potx"}},
	{openXML + "presentationml.slideshow", "PPSX", []string{"ppsx"}},
	{"application/vnd.microsoft.portable-executable", "EXE", []string{"exe", "dll"}},
}

// formatOf returns a type's format; that of an unlisted type has the type as its name.
func formatOf(typ string) format {
	for _, f := range formats {
		if f.typ == typ {
			return f
		}
	}
	return format{typ: typ, name: typ}
}

// FormatName returns the usual name of a media type, such as "DOCX", or the type itself
// if it is not listed.
func FormatName(typ string) string { return formatOf(typ).name }

// extensionFormats lists the formats with an extension.
func extensionFormats(extension string) []format {
	var found []format
	for _, f := range formats {
		if slices.Contains(f.extensions, extension) {
			found = append(found, f)
		}
	}
	return found
}

// extension returns what follows the last full stop of a filename, in lower case; empty
// if there is none or the filename begins with it.
func extension(filename string) string {
	filename = filename[strings.LastIndexAny(filename, "/\\")+1:]
	dot := strings.LastIndexByte(filename, '.')
	if dot <= 0 {
		return ""
	}
	return media.Lower(strings.TrimSpace(filename[dot+1:]))
}
