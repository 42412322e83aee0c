package config

import (
	"fmt"
	"slices"
	"strings"
)

// Error is one mistake in the settings.
type Error struct {
	// Variable is the environment variable of the setting.
	Variable string
	// Problem says what is wrong and where. It never contains a secret.
	Problem string
	// Form describes a valid value.
	Form string
	// Default describes the default value.
	Default string
}

func (e *Error) Error() string {
	if e.Form == "" {
		return fmt.Sprintf("%s: %s%s", e.Variable, e.Problem, stop(e.Problem))
	}
	return fmt.Sprintf("%s: %s. Form: %s. Default: %s.", e.Variable, e.Problem, e.Form, e.Default)
}

// stop ends a sentence that has no end yet.
func stop(sentence string) string {
	if strings.HasSuffix(sentence, "?") {
		return ""
	}
	return "."
}

// mistake returns an Error with the form and the default of its setting.
func mistake(variable, format string, args ...any) error {
	problem := fmt.Sprintf(format, args...)
	rows := list()
	i := slices.IndexFunc(rows, func(s setting) bool { return s.variable == variable })
	if i < 0 {
		return &Error{Variable: variable, Problem: problem}
	}
	return &Error{Variable: variable, Problem: problem, Form: rows[i].form, Default: rows[i].defaultInWords()}
}
