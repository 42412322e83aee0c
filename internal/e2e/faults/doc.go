// Package faults tests what docs/guarantees.md promises of the server: it runs in a
// process of its own, which is killed, frozen, stopped, and denied disk, memory, files
// and its database. Each file is named after the fault. Each test proves that its fault
// happened.
package faults
