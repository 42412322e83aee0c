package provider

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

const canary = "canary-5f1e"

func TestSecretsAreNotPrinted(t *testing.T) {
	type holder struct {
		Key  Secret
		Keys []Secret
		Map  map[string]Secret
	}
	h := holder{Key: canary, Keys: []Secret{canary}, Map: map[string]Secret{"key": canary}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "secret", Secret(canary), "holder", h)
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "secret", Secret(canary), "holder", h)
	asJSON, _ := json.Marshal(h)
	asXML, _ := xml.Marshal(Secret(canary))

	texts := []string{log.String(), string(asJSON), string(asXML)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%5.3s", "%U"} {
		texts = append(texts, fmt.Sprintf(verb, Secret(canary)), fmt.Sprintf(verb, h), fmt.Sprintf(verb, &h))
	}
	for _, text := range texts {
		if strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
			t.Errorf("the secret is in %s", text)
		}
	}
	if Secret(canary).Reveal() != canary {
		t.Error("Reveal does not give the secret")
	}
}

// Even printing an API's unexported fields does not print its key.
func TestAnAPIDoesNotPrintItsKey(t *testing.T) {
	a := NewAPI(APIConfig{BaseURL: "https://example.com", Header: "Authorization", Scheme: "Bearer", Key: canary})
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(verb, *a); strings.Contains(text, canary) {
			t.Errorf("the key is in %s", text)
		}
	}
}
