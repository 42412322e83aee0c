package provider

import (
	"path"
	"strings"

	"mediarelay/internal/media"
)

// MaxFilenameBytes is the maximum length of a file name on the wire, including its
// extension. The providers do not state a limit; a hundred is enough to recognize a
// file by.
const MaxFilenameBytes = 100

// extensions are the file name extensions of each media type, the default first.
//
// Source: Cloud API media reference, "Supported media types", and the Resumable
// Upload guide for image/jpg.
var extensions = map[string][]string{
	"audio/aac":                     {".aac"},
	"audio/amr":                     {".amr"},
	"audio/mpeg":                    {".mp3"},
	"audio/mp4":                     {".m4a", ".mp4"},
	"audio/ogg":                     {".ogg"},
	"application/msword":            {".doc"},
	"application/pdf":               {".pdf"},
	"application/vnd.ms-excel":      {".xls"},
	"application/vnd.ms-powerpoint": {".ppt"},
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": {".pptx"},
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         {".xlsx"},
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   {".docx"},
	"image/jpeg": {".jpg", ".jpeg"},
	"image/jpg":  {".jpg", ".jpeg"},
	"image/png":  {".png"},
	"image/webp": {".webp"},
	"text/plain": {".txt"},
	"video/3gpp": {".3gp"},
	"video/mp4":  {".mp4"},
}

// WireFilename returns a name that no proxy or API changes: only [A-Za-z0-9._-], at most
// MaxFilenameBytes, and with the extension of the media type ("make sure that your file
// name extensions reflect their types", Cloud API media reference). An unknown type adds
// no extension.
func WireFilename(name, mediaType string) string {
	// The name may come from any operating system, so both separators end a folder.
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	stem, extension := splitExtension(name, extensions[mediaType])
	stem = wireSafe(stem)
	stem = strings.TrimRight(stem[:min(len(stem), MaxFilenameBytes-len(extension))], "._-")
	if stem == "" {
		stem = "file"
	}
	return stem + extension
}

// maxSendAs is the maximum length of the name that a recipient sees, in characters and
// with its extension. WhatsApp states no limit; longer names were cut by its clients.
const maxSendAs = 240

// SendAs returns the name of a document as its recipient should see it: the person's own,
// without what a phone's file system rejects, and with the extension of the media type.
func SendAs(name, mediaType string) string {
	stem, extension := splitExtension(media.BareName(name), extensions[mediaType])
	stem = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"|?*`, r) {
			return '-'
		}
		return r
	}, stem)
	runes := []rune(strings.Join(strings.Fields(stem), " "))
	stem = strings.Trim(string(runes[:min(len(runes), maxSendAs-len(extension))]), ". ")
	if stem == "" {
		stem = "file"
	}
	return stem + extension
}

// splitExtension removes the extension of any known type from name and returns the one to
// use: its own if it is valid for the type, otherwise the type's default.
func splitExtension(name string, valid []string) (stem, extension string) {
	if len(valid) > 0 {
		extension = valid[0]
	}
	own := strings.ToLower(path.Ext(name))
	if !knownExtension(own) {
		return name, extension
	}
	for _, f := range valid {
		if own == f {
			extension = f
		}
	}
	return name[:len(name)-len(own)], extension
}

func knownExtension(extension string) bool {
	for _, list := range extensions {
		for _, e := range list {
			if e == extension {
				return true
			}
		}
	}
	return false
}

// wireSafe replaces each run of other characters by one dash. It also removes leading
// dots, dashes and underscores, so that a name is not hidden, relative or an option.
func wireSafe(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.TrimLeft(b.String(), "._-")
}
