// Package stage is what the acceptance tests run on: a Mediarelay server in this
// process (Server) or in one of its own (Process), with a sandbox as its provider; a
// client that retries until it succeeds; and the checks that hold after every fault.
//
// Its sub-packages add a browser (browserstage) and a network that fails (proxy). The
// tests and the faults that they inject are in the packages beside it.
package stage
