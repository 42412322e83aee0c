package media

// Lower returns s with ASCII's capital letters made small: media types, file
// extensions and formats' own words are ASCII. strings.ToLower would bring
// Unicode's tables of letters, 13 KB of the worker's download.
func Lower(s string) string {
	lowered := []byte(s)
	for i, c := range lowered {
		if 'A' <= c && c <= 'Z' {
			lowered[i] = c + ('a' - 'A')
		}
	}
	return string(lowered)
}
