// Package packages tests the npm package of make package: packed, installed and built
// as a portal does it, with esbuild and with Vite, in React, in Vue, in plain pages and
// under Node. It leaves the element itself to internal/e2e/browser.
package packages
