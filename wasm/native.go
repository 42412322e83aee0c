//go:build !(js && wasm)

package main

import "log"

// main exists so that the package can be vetted and its codec tested natively.
func main() {
	log.Fatal("mediarelay/wasm runs in a browser's worker: build it with GOOS=js GOARCH=wasm")
}
