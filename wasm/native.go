//go:build !(js && wasm)

package main

import "log"

// main lets the package be vetted and tested natively.
func main() {
	log.Fatal("mediarelay/wasm runs in a browser's worker: build it with GOOS=js GOARCH=wasm")
}
