package rulespage

import (
	"mediarelay/internal/media"
	"mediarelay/internal/reason/catalogue"
)

// vocabulary is what a language has for the rules besides the formats' names.
type vocabulary struct {
	lang  string
	kinds map[media.Kind]kindWords
	// text is what people call TXT.
	text string
	// animated is the use of a second limit: "100 KB, animated 500 KB".
	animated      string
	or, and, upTo string
	// handles tells with %s and %s what template headers and profile pictures take.
	handles string
}

// kindWords is how people speak of a kind.
type kindWords struct {
	one, many string
	// holds is what the formats must hold; empty for nothing that fits a line.
	holds string
}

var vocabularies = map[string]vocabulary{
	"en": {
		kinds: map[media.Kind]kindWords{
			media.KindImage:    {"Photo", "photos", ""},
			media.KindVideo:    {"Video", "videos", " with H.264 and AAC"},
			media.KindAudio:    {"Audio", "audio", " (Ogg: Opus in mono)"},
			media.KindDocument: {"Document", "documents", ""},
			media.KindSticker:  {"Sticker", "stickers", ", 512 × 512 pixels"},
		},
		text: "text", animated: "animated", or: " or ", and: " and ", upTo: " up to ",
		handles: "Template headers take %s. Profile pictures take %s.",
	},
	"de": {
		kinds: map[media.Kind]kindWords{
			media.KindImage:    {"Foto", "Fotos", ""},
			media.KindVideo:    {"Video", "Videos", " mit H.264 und AAC"},
			media.KindAudio:    {"Audio", "Audio", " (Ogg: Opus in Mono)"},
			media.KindDocument: {"Dokument", "Dokumente", ""},
			media.KindSticker:  {"Sticker", "Sticker", ", 512 × 512 Pixel"},
		},
		text: "Text", animated: "animiert", or: " oder ", and: " und ", upTo: " bis ",
		handles: "In die Kopfzeile einer Vorlage passen %s. Als Profilbild passen %s.",
	},
	"es": {
		kinds: map[media.Kind]kindWords{
			media.KindImage:    {"Foto", "fotos", ""},
			media.KindVideo:    {"Video", "videos", " con H.264 y AAC"},
			media.KindAudio:    {"Audio", "audio", " (Ogg: Opus en mono)"},
			media.KindDocument: {"Documento", "documentos", ""},
			media.KindSticker:  {"Sticker", "stickers", ", 512 × 512 píxeles"},
		},
		text: "texto", animated: "animado", or: " o ", and: " y ", upTo: " de hasta ",
		handles: "El encabezado de una plantilla acepta %s. La foto del perfil acepta %s.",
	},
	"pt": {
		kinds: map[media.Kind]kindWords{
			media.KindImage:    {"Foto", "fotos", ""},
			media.KindVideo:    {"Vídeo", "vídeos", " com H.264 e AAC"},
			media.KindAudio:    {"Áudio", "áudio", " (Ogg: Opus em mono)"},
			media.KindDocument: {"Documento", "documentos", ""},
			media.KindSticker:  {"Figurinha", "figurinhas", ", 512 × 512 pixels"},
		},
		text: "texto", animated: "animada", or: " ou ", and: " e ", upTo: " de até ",
		handles: "O cabeçalho de um modelo aceita %s. A foto do perfil aceita %s.",
	},
}

// vocabularyOf falls back as the catalogue does.
func vocabularyOf(lang string) vocabulary {
	name := catalogue.Match(lang)
	if name == "" {
		name = catalogue.Fallback
	}
	v := vocabularies[name]
	v.lang = name
	return v
}
