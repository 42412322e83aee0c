package httpapi

import (
	"net/http"
	"strings"

	"mediarelay/internal/tusproto"
)

// overrideMethod applies X-HTTP-Method-Override: PATCH or DELETE to a POST to an upload,
// for networks that block these methods. It comes before everything that depends on the
// method: routing, authorization, CORS, the log. A header that it does not apply stays
// for checkHeaders.
func overrideMethod(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if method, ok := overridden(r); ok {
			r = r.Clone(r.Context())
			r.Method = method
			r.Header.Del(tusproto.HeaderMethodOverride)
		}
		next.ServeHTTP(w, r)
	})
}

func overridden(r *http.Request) (method string, ok bool) {
	values := r.Header[tusproto.HeaderMethodOverride]
	id, isUpload := strings.CutPrefix(r.URL.Path, "/files/")
	if r.Method != http.MethodPost || len(values) != 1 || !isUpload || id == "" {
		return "", false
	}
	return values[0], values[0] == http.MethodPatch || values[0] == http.MethodDelete
}
