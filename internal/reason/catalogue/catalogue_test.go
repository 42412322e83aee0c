package catalogue

import (
	"os"
	"strings"
	"testing"

	"mediarelay/internal/reason"
)

// Every language file is embedded.
func TestEveryFileIsLoaded(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".json"); ok {
			if _, loaded := languages[name]; !loaded {
				t.Errorf("%s is not loaded", e.Name())
			}
		}
	}
	if got := strings.Join(Languages(), " "); got != "de en es pt" {
		t.Errorf("the languages are %s, want de en es pt", got)
	}
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		lang string
		fact reason.Fact
		want string
	}{
		{"en", reason.Bytes("size", 0), "0 bytes"},
		{"en", reason.Bytes("size", 1), "1 byte"},
		{"en", reason.Bytes("size", 1023), "1023 bytes"},
		{"en", reason.Bytes("size", 102_400), "100 KB"},
		{"en", reason.Bytes("size", 102_401), "100.01 KB"},
		{"en", reason.Bytes("size", 5_242_880), "5 MB"},
		{"en", reason.Bytes("size", 5_242_881), "5.01 MB"},
		{"en", reason.Bytes("size", 5_242_879), "4.99 MB"},
		{"en", reason.Bytes("size", 104_857_600), "100 MB"},
		{"en", reason.Bytes("size", 11_600_000), "11.06 MB"},
		{"en", reason.Number("duration", 7, reason.UnitMilliseconds), "7 ms"},
		{"en", reason.Number("duration", 10_001, reason.UnitMilliseconds), "10.01 s"},
		{"en", reason.Number("width", 511, reason.UnitPixels), "511"},
		{"en", reason.Text("codec", "H.265"), "H.265"},
		{"en", reason.Text("color", "grey"), "greyscale"},
		{"de", reason.Bytes("size", 1023), "1023 Byte"},
		{"de", reason.Bytes("size", 5_452_595), "5,2 MB"},
		{"de-AT", reason.Bytes("size", 11_600_000), "11,06 MB"},
		{"de-CH", reason.Bytes("size", 11_600_000), "11.06 MB"},
		{"de", reason.Number("width", 4000, reason.UnitPixels), "4000"},
		{"de", reason.Text("color", "grey"), "Graustufen"},
		{"de", reason.Text("color", "CMYK"), "CMYK"},
		{"es", reason.Bytes("size", 5_452_595), "5,2 MB"},
		{"es-MX", reason.Bytes("size", 5_452_595), "5.2 MB"},
		{"pt-BR", reason.Bytes("size", 5_452_595), "5,2 MB"},
		{"fr", reason.Bytes("size", 5_452_595), "5.2 MB"},
	} {
		if got := choose(c.lang).write(c.fact); got != c.want {
			t.Errorf("in %q, %v is formatted as %q, want %q", c.lang, c.fact, got, c.want)
		}
	}
}

func TestSentence(t *testing.T) {
	hevc := reason.Reason{Code: reason.VideoCodec, Facts: []reason.Fact{reason.Text("codec", "H.265")}}
	const english = "This video uses H.265, and WhatsApp supports only H.264. It would be accepted but never delivered."
	for lang, want := range map[string]string{
		"en": english, "EN-gb": english, "": english, "tlh": english, "no language": english,
		"de":    "Dieses Video verwendet H.265, WhatsApp unterstützt nur H.264. Es würde angenommen, aber nie zugestellt.",
		"de-AT": "Dieses Video verwendet H.265, WhatsApp unterstützt nur H.264. Es würde angenommen, aber nie zugestellt.",
		"es-MX": "Este video usa H.265 y WhatsApp solo reproduce H.264. Se aceptaría, pero nunca se entregaría.",
		"pt_BR": "Este vídeo usa H.265, e o WhatsApp só reproduz H.264. Ele seria aceito, mas nunca entregue.",
	} {
		if got := Sentence(lang, hevc); got != want {
			t.Errorf("Sentence(%q) = %q, want %q", lang, got, want)
		}
	}
	if got := Message("de", "no_such_code", nil); got != "no_such_code" {
		t.Errorf("a code without a sentence came out as %q", got)
	}
	if got, want := Fix("pt", reason.RenameFile), "Renomeie o arquivo."; got != want {
		t.Errorf("Fix in pt: %q, want %q", got, want)
	}
}

func TestPrefer(t *testing.T) {
	for header, want := range map[string]string{
		"":                          "",
		"de":                        "de",
		"de-AT,de;q=0.9,en;q=0.8":   "de-AT",
		"fr, pt-BR;q=0.7, en;q=0.9": "en",
		"fr, it;q=0.5":              "",
		"en;q=0.2, es;q=0.8":        "es",
		"*":                         "",
		"de;q=0, es":                "es",
		"\x00;;q=":                  "",
	} {
		if got := Prefer(header); got != want {
			t.Errorf("Prefer(%q) = %q, want %q", header, got, want)
		}
	}
}
