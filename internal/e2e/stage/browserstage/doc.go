// Package browserstage is a browser on the upload page of a server, with a proxy
// between the two and a sandbox behind the server. A test can inspect each of them.
//
//	browser -- proxy -- server -- sandbox
//
// The browser is Chromium unless a test brings another one. What happens on the page
// is observed by a script that the stage runs before the page's own.
package browserstage
