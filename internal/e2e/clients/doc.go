// Package clients tests the server with other people's clients: curl and
// tus-js-client. With the build tag compare it lets Uppy and tus-js-client meet the
// faults that the upload page meets, and writes the table of docs/resilience.md.
package clients
