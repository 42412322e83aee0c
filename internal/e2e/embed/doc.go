// Package embed tests the element on pages of another origin, which embed it with the
// README's snippet: under each policy, by each way to the engine, and with each mistake
// that an administrator can make.
package embed
