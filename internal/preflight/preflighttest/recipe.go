package preflighttest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// recipe is the words of a "make" line: a maker, then settings "key=value". A
// setting that the maker did not ask for is an error.
type recipe struct {
	settings map[string]string
	asked    map[string]bool
	err      error
}

var makers = map[string]func(*recipe) File{
	"png": makePNG, "jpeg": makeJPEG, "webp": makeWebP,
	"mp4": makeMP4,
	"ogg": makeOgg, "adts": makeADTS, "mp3": makeMP3, "ebml": makeEBML,
	"zip": makeZip, "ole": makeOLE, "pdf": makePDF,
	"text": makeText, "bytes": makeBytes,
}

// Make makes the file of a recipe. The settings every maker knows are done to
// the finished bytes, in this order: flip=N turns the bits of byte N around (from
// the end where negative), cut=N takes N bytes from the end, before=TEXT and
// after=TEXT put a quoted text at an end, zeros=N puts zeros before the last.
func Make(line string) (File, error) {
	name, rest, _ := strings.Cut(line, " ")
	maker, ok := makers[name]
	if !ok {
		return File{}, fmt.Errorf("no maker %q", name)
	}
	r := &recipe{settings: map[string]string{}, asked: map[string]bool{}}
	words, err := splitWords(rest)
	if err != nil {
		return File{}, err
	}
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		r.settings[key] = value
	}
	file := finish(r, maker(r))
	for key := range r.settings {
		if !r.asked[key] {
			return file, fmt.Errorf("%s has no setting %q", name, key)
		}
	}
	return file, r.err
}

// splitWords splits at spaces outside of double quotes; a quoted value is read as
// Go reads it.
func splitWords(s string) ([]string, error) {
	var words []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		end := strings.IndexAny(s, " \"")
		if end < 0 {
			return append(words, s), nil
		}
		word := s[:end]
		if s[end] == '"' {
			quoted, err := strconv.QuotedPrefix(s[end:])
			if err != nil {
				return nil, fmt.Errorf("%q: %w", s, err)
			}
			text, _ := strconv.Unquote(quoted)
			word += text
			end += len(quoted)
		}
		words, s = append(words, word), s[end:]
	}
	return words, nil
}

func finish(r *recipe, f File) File {
	if n := r.number("flip", 0); n != 0 {
		b := f.whole()
		if n < 0 {
			n += len(b)
		}
		b[n] ^= 0xFF
		f = File{Head: b}
	}
	if n := r.number("cut", 0); n != 0 {
		b := f.whole()
		f = File{Head: b[:len(b)-n]}
	}
	f.Head = slices.Concat([]byte(r.text("before", "")), f.Head)
	f.Tail = slices.Concat(f.Tail, zeros(r.number("zeros", 0)), []byte(r.text("after", "")))
	return f
}

func (r *recipe) text(key, without string) string {
	r.asked[key] = true
	if v, ok := r.settings[key]; ok {
		return v
	}
	return without
}

// is says whether a word without a value stands in the recipe.
func (r *recipe) is(key string) bool {
	r.asked[key] = true
	_, ok := r.settings[key]
	return ok
}

func (r *recipe) number(key string, without int) int {
	v := r.text(key, "")
	if v == "" {
		return without
	}
	n, err := strconv.ParseInt(v, 0, 64)
	if err != nil {
		r.err = fmt.Errorf("%s: %w", key, err)
	}
	return int(n)
}

// pair reads "512x512".
func (r *recipe) pair(key, without string) (int, int) {
	a, b, _ := strings.Cut(r.text(key, without), "x")
	first, err1 := strconv.Atoi(a)
	second, err2 := strconv.Atoi(b)
	if err := firstOf(err1, err2); err != nil {
		r.err = fmt.Errorf("%s: %w", key, err)
	}
	return first, second
}
