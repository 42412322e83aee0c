// Package archtest holds the drawing of this project against its code: which
// packages there are, for what each is built, which of ours each may import,
// and what must never come into the browser's download.
//
// It has tests only. A new package gets a line in rooms_test.go; how packages
// work inside is left to them.
package archtest
