package httpapi

import (
	"time"

	"mediarelay/internal/library"
	"mediarelay/internal/media"
	"mediarelay/internal/preflight"
	"mediarelay/internal/problem"
	"mediarelay/internal/provider"
	"mediarelay/internal/reason"
	"mediarelay/internal/reason/catalogue"
)

// The JSON of the API. Clients depend on the names of its fields.

type uploadJSON struct {
	ID      string          `json:"id"`
	State   library.State   `json:"state"`
	Offset  int64           `json:"offset"`
	Length  int64           `json:"length"`
	Purpose []media.Purpose `json:"purpose"`
	Verdict *verdictJSON    `json:"verdict,omitempty"`
	Asset   *assetJSON      `json:"asset,omitempty"`
	Problem *problemJSON    `json:"problem,omitempty"`
}

type verdictJSON struct {
	Outcome string       `json:"outcome"`
	Kind    media.Kind   `json:"kind"`
	Type    string       `json:"type"`
	Reasons []reasonJSON `json:"reasons"`
}

type reasonJSON struct {
	Code     reason.Code     `json:"code"`
	Severity reason.Severity `json:"severity"`
	Message  string          `json:"message"`
	Facts    map[string]any  `json:"facts"`
	Fixes    []fixJSON       `json:"fixes"`
}

type fixJSON struct {
	Code    reason.Fix `json:"code"`
	Message string     `json:"message"`
}

type problemJSON struct {
	Code      reason.Code `json:"code"`
	Title     string      `json:"title"`
	Detail    string      `json:"detail,omitempty"`
	Retryable bool        `json:"retryable"`
}

type assetJSON struct {
	ID               string     `json:"id"`
	SHA256           string     `json:"sha256"`
	Filename         string     `json:"filename"`
	SendAs           string     `json:"send_as"`
	Tags             []string   `json:"tags"`
	Type             string     `json:"type"`
	Kind             media.Kind `json:"kind"`
	Size             int64      `json:"size"`
	CreatedAt        time.Time  `json:"created_at"`
	CreatedBy        string     `json:"created_by"`
	MediaID          string     `json:"media_id,omitempty"`
	MediaIDExpiresAt *time.Time `json:"media_id_expires_at,omitempty"`
	Handle           string     `json:"handle,omitempty"`
	HandleExpiresAt  *time.Time `json:"handle_expires_at,omitempty"`
}

type assetPageJSON struct {
	Items []assetJSON `json:"items"`
	Next  *string     `json:"next"`
}

func writeVerdict(lang string, v *preflight.Verdict) *verdictJSON {
	if v == nil {
		return nil
	}
	reasons := make([]reasonJSON, len(v.Reasons))
	for i, r := range v.Reasons {
		reasons[i] = writeReason(lang, r)
	}
	return &verdictJSON{Outcome: string(v.Outcome), Kind: v.Kind, Type: v.Type, Reasons: reasons}
}

func writeReason(lang string, r reason.Reason) reasonJSON {
	fixes := make([]fixJSON, len(r.Fixes))
	for i, f := range r.Fixes {
		fixes[i] = fixJSON{Code: f, Message: catalogue.Fix(lang, f)}
	}
	return reasonJSON{
		Code: r.Code, Severity: r.Severity, Message: catalogue.Sentence(lang, r),
		Facts: problem.Facts(r.Facts), Fixes: fixes,
	}
}

func writeProblem(lang string, p *library.Problem) *problemJSON {
	if p == nil {
		return nil
	}
	return &problemJSON{
		Code: p.Reason.Code, Title: catalogue.Sentence(lang, p.Reason),
		Detail: p.Detail, Retryable: p.Retryable,
	}
}

// writeAsset includes the copies that are valid at now.
func writeAsset(a library.Asset, now time.Time) assetJSON {
	out := assetJSON{
		ID: a.ID, SHA256: a.Content.SHA256, Filename: a.Filename, SendAs: provider.SendAs(a.Filename, a.Content.Type),
		Tags: append([]string{}, a.Tags...), Type: a.Content.Type, Kind: a.Content.Kind, Size: a.Content.Size,
		CreatedAt: a.CreatedAt.UTC(), CreatedBy: a.CreatedBy,
	}
	out.MediaID, out.MediaIDExpiresAt = writeCopy(a.Content, media.CopyMediaID, now)
	out.Handle, out.HandleExpiresAt = writeCopy(a.Content, media.CopyHandle, now)
	return out
}

func writeCopy(content library.Content, want media.Copy, now time.Time) (value string, expires *time.Time) {
	c, ok := content.Valid(want, now)
	if !ok {
		return "", nil
	}
	end := c.ExpiresAt.UTC()
	return c.Value, &end
}
