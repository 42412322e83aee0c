package preflight

import (
	"mediarelay/internal/media"
	"mediarelay/internal/reason"
)

// reasons collects reasons, each code once for each severity, refusals first.
type reasons struct {
	refusals, warnings []reason.Reason
}

func (r *reasons) refuse(code reason.Code, facts []reason.Fact, fixes ...reason.Fix) {
	r.add(reason.Reason{Code: code, Severity: reason.Refuse, Facts: facts, Fixes: fixes})
}

func (r *reasons) warn(code reason.Code, facts []reason.Fact, fixes ...reason.Fix) {
	r.add(reason.Reason{Code: code, Severity: reason.Warn, Facts: facts, Fixes: fixes})
}

// add keeps the first reason of a code, so that of two purposes the first counts.
func (r *reasons) add(item reason.Reason) {
	if item.Severity == reason.Refuse {
		r.refusals = appendNew(r.refusals, item)
	} else {
		r.warnings = appendNew(r.warnings, item)
	}
}

func (r *reasons) addAll(items []reason.Reason) {
	for _, item := range items {
		r.add(item)
	}
}

func (r *reasons) all() []reason.Reason {
	return append(append([]reason.Reason{}, r.refusals...), r.warnings...)
}

func (r *reasons) verdict(kind media.Kind, typ string) Verdict {
	v := Verdict{Outcome: Accept, Kind: kind, Type: typ, Reasons: r.all()}
	if len(r.warnings) > 0 {
		v.Outcome = Warn
	}
	if len(r.refusals) > 0 {
		v.Outcome = Refuse
	}
	return v
}

func appendNew(list []reason.Reason, item reason.Reason) []reason.Reason {
	for _, have := range list {
		if have.Code == item.Code {
			return list
		}
	}
	return append(list, item)
}

// facts returns its arguments as a list.
func facts(list ...reason.Fact) []reason.Fact { return list }
