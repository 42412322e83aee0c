package httpapi

import (
	"strconv"
	"strings"
)

// chooseForm picks the form that the client likes best; of equals, the earlier.
// The plain form, the last, is what everybody takes.
//
// Source: RFC 9110, section 12.5.3.
func chooseForm(forms []form, acceptEncoding []string) form {
	likes := weights(strings.Join(acceptEncoding, ","))
	best, bestWeight := forms[len(forms)-1], 0.0
	for _, f := range forms[:len(forms)-1] {
		if w := weightOf(likes, f.encoding); w > bestWeight {
			best, bestWeight = f, w
		}
	}
	if plain, said := likes["identity"]; said && plain > bestWeight {
		return forms[len(forms)-1]
	}
	return best
}

// weightOf is how much a client likes an encoding, 0 for not at all.
func weightOf(likes map[string]float64, encoding string) float64 {
	if w, said := likes[encoding]; said {
		return w
	}
	return likes["*"]
}

// weights reads "br;q=1.0, gzip;q=0.8, *;q=0.1". A weight that cannot be read is 0.
func weights(header string) map[string]float64 {
	likes := map[string]float64{}
	for _, element := range strings.Split(header, ",") {
		name, parameter, weighted := strings.Cut(element, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		likes[name] = 1
		if weighted {
			likes[name] = readWeight(parameter)
		}
	}
	return likes
}

func readWeight(parameter string) float64 {
	name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
	if !strings.EqualFold(strings.TrimSpace(name), "q") {
		return 0
	}
	weight, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || weight < 0 || weight > 1 {
		return 0
	}
	return weight
}
