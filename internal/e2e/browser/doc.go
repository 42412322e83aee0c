// Package browser tests in Chromium what docs/resilience.md promises: uploads survive
// broken connections, restarts, expired tokens and closed tabs, and the page says what
// happens. Other browsers are in package engines.
package browser
