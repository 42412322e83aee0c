// Package examples tests that the example portal and the code of docs/headless-testing.md
// work as their pages say: the commands, the page's own server and the code are those of
// the reader, except for the ports.
package examples
