package config

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

const prefix = "MEDIARELAY_"

// accepted are variables that are no settings of the server and that its environment may
// have nevertheless.
var accepted = []*regexp.Regexp{
	// Of the test suites, which start servers.
	regexp.MustCompile(`^MEDIARELAY_TEST_`),
	// Of docs/upload-with-curl.sh.
	regexp.MustCompile(`^MEDIARELAY_TOKEN$`),
	// Kubernetes sets these for every service of the namespace whose name starts with
	// "mediarelay".
	//
	// Source: Kubernetes, Concepts, Service, "Environment variables".
	regexp.MustCompile(`^MEDIARELAY_([A-Z0-9_]+_)?(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`),
}

// FromEnvironment is Load with the environment of a process, in the form of os.Environ.
// A variable that starts with MEDIARELAY_ and is not known is a mistake: it would have
// no effect, and whoever set it expects one.
func FromEnvironment(given Settings, environ []string) (Config, error) {
	values := map[string]string{}
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok {
			values[name] = value
		}
	}
	env := func(name string) (string, bool) { value, ok := values[name]; return value, ok }
	l := &loader{Settings: given.fill(env), env: env}
	c := l.load()
	return c, errors.Join(append(l.unknown(values), l.errs...)...)
}

// unknown returns a mistake for each variable that is set, has our prefix, and means
// nothing. The channels file may name such variables for its keys.
func (l *loader) unknown(values map[string]string) (errs []error) {
	known := l.named
	for _, s := range list() {
		known = append(known, s.variable)
	}
	var names []string
	for name, value := range values {
		if strings.HasPrefix(name, prefix) && value != "" && !slices.Contains(known, name) && !isAccepted(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		errs = append(errs, &Error{Variable: name, Problem: "there is no such variable. " + advice(name, known)})
	}
	return errs
}

func isAccepted(name string) bool {
	return slices.ContainsFunc(accepted, func(form *regexp.Regexp) bool { return form.MatchString(name) })
}

// advice names the known variable that is most similar, unless none is.
func advice(name string, known []string) string {
	best, distance := "", len(name)
	for _, candidate := range known {
		if d := editDistance(name, candidate); d < distance {
			best, distance = candidate, d
		}
	}
	if distance > (len(name)-len(prefix))/2 {
		return "Unset it; mediarelay serve --help lists all variables"
	}
	return fmt.Sprintf("Did you mean %s?", best)
}

// editDistance is the number of characters to insert, delete or replace to turn a into
// b: the Levenshtein distance.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
