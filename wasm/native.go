//go:build !(js && wasm)

package main

import "os"

// main exists so that the package can be vetted and its codec tested natively.
func main() {
	os.Stderr.WriteString("mediarelay/wasm runs in a browser's worker: build it with GOOS=js GOARCH=wasm\n")
	os.Exit(2)
}
