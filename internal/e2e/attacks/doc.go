// Package attacks tests the running server against clients that do what they must not:
// reach the uploads of others, exceed what their token allows, or send tokens that
// nobody should accept. The server runs in a process of its own.
package attacks
