package httpapi

import "mediarelay/internal/reason"

// reasonSentence is what a person reads for a reason, in English.
func reasonSentence(r reason.Reason) string { return string(r.Code) }

// fixSentence is what a person can do, in English.
func fixSentence(f reason.Fix) string { return string(f) }
