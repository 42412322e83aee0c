//go:build js && wasm

package main

// main keeps the program alive: the exports are called as long as it runs.
func main() { select {} }
