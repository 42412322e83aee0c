package media

// Lower returns s with ASCII letters in lower case. Media types, file extensions and
// identifiers in file formats are ASCII. strings.ToLower would add Unicode's case
// tables, 13 KB of the worker's download.
func Lower(s string) string {
	lowered := []byte(s)
	for i, c := range lowered {
		if 'A' <= c && c <= 'Z' {
			lowered[i] = c + ('a' - 'A')
		}
	}
	return string(lowered)
}
