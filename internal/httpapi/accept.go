package httpapi

import (
	"strconv"
	"strings"
)

// chooseVariant picks the variant with the highest weight in Accept-Encoding; of
// equals, the first. The last variant is not compressed and is the default.
//
// Source: RFC 9110, section 12.5.3.
func chooseVariant(variants []variant, acceptEncoding []string) variant {
	accepted := weights(strings.Join(acceptEncoding, ","))
	plain := variants[len(variants)-1]
	best, bestWeight := plain, 0.0
	for _, v := range variants[:len(variants)-1] {
		if w := weightOf(accepted, v.encoding); w > bestWeight {
			best, bestWeight = v, w
		}
	}
	if identity, listed := accepted["identity"]; listed && identity > bestWeight {
		return plain
	}
	return best
}

// weightOf returns the weight of an encoding, 0 if the client does not accept it.
func weightOf(accepted map[string]float64, encoding string) float64 {
	if w, listed := accepted[encoding]; listed {
		return w
	}
	return accepted["*"]
}

// weights parses "br;q=1.0, gzip;q=0.8, *;q=0.1". An invalid weight is 0.
func weights(header string) map[string]float64 {
	accepted := map[string]float64{}
	for _, element := range strings.Split(header, ",") {
		name, parameter, weighted := strings.Cut(element, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		accepted[name] = 1
		if weighted {
			accepted[name] = parseWeight(parameter)
		}
	}
	return accepted
}

func parseWeight(parameter string) float64 {
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
