// Package portal is a website of another origin that embeds the element with the
// README's snippet: a page, its policy and its tokens, before the stage of package
// browserstage. A test says what the portal gets wrong.
package portal
