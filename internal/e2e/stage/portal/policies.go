package portal

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"mediarelay/internal/e2e/stage"
)

// The policies of docs/embedding.md, as they are written there. They name the media server
// exampleServer, and the nonce of the page's inline scripts NONCE.
var (
	BlobPolicy       = Policies()["worker"]
	FramePolicy      = Policies()["frame"]
	OwnPolicy        = Policies()["own files"]
	WorkerFilePolicy = Policies()["worker file"]

	// TrustedTypes and PolicyNames are the halves of what the page adds for Trusted Types.
	trustedTypes, policyNames, _ = strings.Cut(Policies()["trusted types"], "; ")
	TrustedTypes                 = "; " + trustedTypes
	PolicyNames                  = "; " + policyNames
)

var policyBlock = regexp.MustCompile("<!-- policy: ([a-z ]+) -->\n```\n(.+)\n```\n")

// Policies are all policies of docs/embedding.md by their names.
func Policies() map[string]string {
	page, err := os.ReadFile(filepath.Join(stage.Root(), "docs/embedding.md"))
	if err != nil {
		panic(err)
	}
	policies := map[string]string{}
	for _, block := range policyBlock.FindAllStringSubmatch(string(page), -1) {
		policies[block[1]] = block[2]
	}
	return policies
}

// fill replaces what a policy of the page leaves open.
func fill(policy, media, nonce string) string {
	return strings.NewReplacer(exampleServer, media, "NONCE", nonce).Replace(policy)
}

// withNonce gives a page's inline scripts their nonce.
func withNonce(page, nonce string) string {
	return strings.NewReplacer(
		`<script>`, `<script nonce="`+nonce+`">`,
		`<script type="module">`, `<script type="module" nonce="`+nonce+`">`,
	).Replace(page)
}
