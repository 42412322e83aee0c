package rulespage

import (
	"mediarelay/internal/media"
	"mediarelay/internal/reason/catalogue"
)

// vocabulary is a language's words for the rules, apart from the names of formats.
type vocabulary struct {
	lang  string
	kinds map[media.Kind]kindWords
	// text is the everyday name of TXT.
	text string
	// animated labels a second limit: "100 KB, animated 500 KB".
	animated      string
	or, and, upTo string
	// handles has a %s for the formats of template headers and one for those of
	// profile pictures.
	handles string
}

// kindWords are the everyday names of a kind.
type kindWords struct {
	one, many string
	// holds is what the formats must contain, as a suffix to their names; may be empty.
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
		handles: "Template headers support %s. Profile pictures support %s.",
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
		handles: "Die Kopfzeile einer Vorlage unterstützt %s. Das Profilbild unterstützt %s.",
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
		handles: "El encabezado de una plantilla admite %s. La foto del perfil admite %s.",
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

// vocabularyOf falls back to English, as the catalogue does.
func vocabularyOf(lang string) vocabulary {
	name := catalogue.Match(lang)
	if name == "" {
		name = catalogue.Fallback
	}
	v := vocabularies[name]
	v.lang = name
	return v
}
