// Package archtest tests the architecture: which packages exist, what they are
// compiled for, which packages of this module they may import, and what must not
// become part of the browser's download. It also tests that the code and tests named
// in docs exist.
//
// It has tests only. Every new package needs a row in packages_test.go. How a package
// works is left to the package's own tests.
package archtest
