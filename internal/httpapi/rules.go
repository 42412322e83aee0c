package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/reason"
	"mediarelay/internal/reason/catalogue"
)

// rulesCacheControl: the table changes only with the version of the server. A stale
// copy does no harm, since the server checks every file itself.
const rulesCacheControl = "public, max-age=3600"

type ruleTableJSON struct {
	Rules []ruleJSON `json:"rules"`
	// AnyFile are the conditions of every file, whatever its kind.
	AnyFile []conditionJSON `json:"any_file"`
}

type ruleJSON struct {
	Use        string        `json:"use"`
	Kind       media.Kind    `json:"kind"`
	Purpose    media.Purpose `json:"purpose"`
	Types      []string      `json:"types"`
	Extensions []string      `json:"extensions"`
	LimitBytes int64         `json:"limit_bytes"`
	// WarnBytes is null if no size below the limit causes a warning.
	WarnBytes  *int64          `json:"warn_bytes"`
	Conditions []conditionJSON `json:"conditions"`
	Source     string          `json:"source"`
	Read       string          `json:"read"`
}

// conditionJSON is one reason that a verdict can give; its message holds a
// fact's name in braces where a verdict has the fact.
type conditionJSON struct {
	Code     reason.Code     `json:"code"`
	Severity reason.Severity `json:"severity"`
	Message  string          `json:"message"`
	// Purposes and Types are empty if the condition applies to all.
	Purposes []media.Purpose `json:"purposes"`
	Types    []string        `json:"types"`
	Source   string          `json:"source"`
	Read     string          `json:"read"`
}

// ruleTable is the table of rules, written once. It contains no private data, so
// it needs no token: a portal shows the limits before anyone has signed in.
type ruleTable struct {
	content []byte
	etag    string
}

func newRuleTable() (*ruleTable, error) {
	content, err := json.Marshal(writeRules(preflight.Rules(), preflight.Conditions()))
	if err != nil {
		return nil, fmt.Errorf("write the rule table: %w", err)
	}
	digest := sha256.Sum256(content)
	return &ruleTable{content: content, etag: strconv.Quote(hex.EncodeToString(digest[:16]))}, nil
}

func (t *ruleTable) serve(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("ETag", t.etag)
	h.Set("Cache-Control", rulesCacheControl)
	// A worker of another origin that requires this of all that it loads asks for the table
	// to find out whether its origin is allowed.
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	http.ServeContent(c.Writer, c.Request, "rules", time.Time{}, bytes.NewReader(t.content))
}

func writeRules(rules []preflight.Rule, conditions []preflight.Condition) ruleTableJSON {
	out := ruleTableJSON{Rules: make([]ruleJSON, len(rules)), AnyFile: []conditionJSON{}}
	for i, r := range rules {
		out.Rules[i] = writeRule(r)
	}
	for _, c := range conditions {
		if len(c.Kinds) == 0 {
			out.AnyFile = append(out.AnyFile, writeCondition(c))
		}
	}
	return out
}

func writeRule(r preflight.Rule) ruleJSON {
	out := ruleJSON{
		Use: r.Use, Kind: r.Kind, Purpose: r.Purpose, Types: r.Types, Extensions: r.Extensions,
		LimitBytes: r.LimitBytes, Conditions: []conditionJSON{}, Source: r.Source, Read: r.Read,
	}
	if r.WarnBytes > 0 {
		out.WarnBytes = &r.WarnBytes
	}
	for _, c := range r.Conditions() {
		out.Conditions = append(out.Conditions, writeCondition(c))
	}
	return out
}

func writeCondition(c preflight.Condition) conditionJSON {
	return conditionJSON{
		Code: c.Code, Severity: c.Severity, Message: catalogue.Message(catalogue.Fallback, c.Code, nil),
		Purposes: append([]media.Purpose{}, c.Purposes...), Types: append([]string{}, c.Types...),
		Source: c.Source, Read: c.Read,
	}
}
