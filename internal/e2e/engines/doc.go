// Package engines tests in Firefox and WebKitGTK the promises that depend on a browser's
// own engine. Its tests run if MEDIARELAY_TEST_ENGINES is set: they take minutes.
package engines
