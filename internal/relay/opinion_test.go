package relay

import (
	"strings"
	"testing"

	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
)

func TestTwoReadingsThatContradictRefuseTheFile(t *testing.T) {
	const pdf, html, csv, zip = "%PDF-1.7\n", "<!DOCTYPE html><html></html>", "a,b,c\n1,2,3\n4,5,6\n", "PK\x03\x04\x14\x00\x00\x00\x00\x00"
	docx := "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for _, c := range []struct {
		ours, content string
		want          preflight.Outcome
	}{
		{"application/pdf", pdf, preflight.Accept},
		{"image/jpeg", pdf, preflight.Refuse},
		{"image/jpeg", html, preflight.Refuse},
		{"text/plain", csv, preflight.Accept}, // named more finely, of the same family
		{"text/plain", pdf, preflight.Refuse},
		{"text/plain", "MZ Meeting on Monday\n", preflight.Accept}, // a mark of letters, and nothing but text
		{"text/plain", "The header of a PDF is %PDF-1.4.\n", preflight.Accept},
		{"text/plain", "MZ\x90\x00\x03\x00", preflight.Refuse},
		{docx, zip, preflight.Accept},               // its manifest stands further behind than mimetype looks
		{"audio/aac", "\x00\x01", preflight.Accept}, // mimetype does not know
	} {
		v, err := secondOpinion(strings.NewReader(c.content), preflight.Verdict{Outcome: preflight.Accept, Type: c.ours})
		if err != nil || v.Outcome != c.want {
			t.Errorf("%s over %.20q: got %s, %v, want %s", c.ours, c.content, v.Outcome, err, c.want)
		}
		if refused := v.Outcome == preflight.Refuse; refused && v.Reasons[0].Code != reason.ContentContradiction {
			t.Errorf("%s over %.20q: reasons %+v", c.ours, c.content, v.Reasons)
		}
	}
}

func TestASecondOpinionNamesWhatWeDoNotKnow(t *testing.T) {
	unknown := preflight.Verdict{Outcome: preflight.Refuse, Reasons: []reason.Reason{{Code: reason.TypeUnknown, Severity: reason.Refuse}}}
	v, err := secondOpinion(strings.NewReader("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00"), unknown)
	if err != nil || len(v.Reasons[0].Facts) != 1 || !strings.Contains(v.Reasons[0].Facts[0].Text, "x-") {
		t.Errorf("got %+v, %v, want the name of an executable", v.Reasons, err)
	}
}
