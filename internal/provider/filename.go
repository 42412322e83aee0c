package provider

import (
	"path"
	"strings"
)

// MaxFilenameBytes bounds a file name on the wire, with its extension. No page
// of a provider states a limit; a hundred is enough to recognise a file by.
const MaxFilenameBytes = 100

// extensions gives each media type its file name extensions, the usual one first.
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

// WireFilename makes a name that every hop passes on unchanged: only
// [A-Za-z0-9._-], at most MaxFilenameBytes, and with the extension of the media
// type ("make sure that your file name extensions reflect their types", Cloud
// API media reference). A type without a known extension adds none.
func WireFilename(name, mediaType string) string {
	// A name may come from any system, so both separators end a folder.
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	stem, extension := splitExtension(name, extensions[mediaType])
	stem = wireSafe(stem)
	stem = strings.TrimRight(stem[:min(len(stem), MaxFilenameBytes-len(extension))], "._-")
	if stem == "" {
		stem = "file"
	}
	return stem + extension
}

// splitExtension takes from name the extension of any known type and returns the
// one to use instead: its own where it fits the type, else the type's usual one.
func splitExtension(name string, fitting []string) (stem, extension string) {
	if len(fitting) > 0 {
		extension = fitting[0]
	}
	own := strings.ToLower(path.Ext(name))
	if !knownExtension(own) {
		return name, extension
	}
	for _, f := range fitting {
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

// wireSafe writes one dash for every run of other characters. Leading marks go
// too, so that no name is hidden, relative or an option.
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
