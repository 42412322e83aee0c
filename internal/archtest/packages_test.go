package archtest

// builds says what a package is compiled for.
type builds string

const (
	native   builds = "native"  // the server
	both     builds = "both"    // the server and the module of the browser's worker
	browser  builds = "browser" // the main package of that module
	forTests builds = "tests"   // tests only: no product code imports it
)

// packageRule is a package: its folder, what it is compiled for, and the folders of this
// module that it may import. Test files may import anything.
type packageRule struct {
	folder string
	builds builds
	may    []string
}

// packageRules lists every package. Imports that are not listed are forbidden.
var packageRules = []packageRule{
	// Shared types and codes. They import no other package of this module.
	{"internal/reason", both, nil},
	{"internal/media", both, nil},
	{"internal/tusproto", both, nil},

	// What a file is, whether it may be sent, and how it is sent.
	{"internal/probe", both, []string{"internal/media", "internal/probe/inflate", "internal/probe/input"}},
	{"internal/probe/inflate", both, nil},
	{"internal/probe/input", both, nil},
	{"internal/preflight", both, []string{"internal/media", "internal/probe", "internal/reason"}},
	{"internal/preflight/preflighttest", forTests, []string{"internal/media", "internal/preflight", "internal/probe", "internal/reason"}},
	{"internal/digest", both, nil},
	{"internal/uploader", both, []string{"internal/media", "internal/reason", "internal/tusproto"}},
	{"wasm", browser, []string{"internal/digest", "internal/media", "internal/preflight", "internal/probe", "internal/reason", "internal/tusproto", "internal/uploader"}},

	// Sentences and answers.
	{"internal/reason/catalogue", native, []string{"internal/reason"}},
	{"internal/preflight/rulespage", native, []string{"internal/media", "internal/preflight", "internal/reason", "internal/reason/catalogue"}},
	{"internal/logging", native, nil},
	{"internal/problem", native, []string{"internal/media", "internal/reason", "internal/reason/catalogue"}},

	// What is remembered, and who may act on it.
	{"internal/database", native, nil},
	{"internal/database/databasetest", forTests, []string{"internal/database"}},
	{"internal/lease", native, []string{"internal/database"}},
	{"internal/limit", native, nil},
	{"internal/library", native, []string{"internal/database", "internal/media", "internal/preflight", "internal/reason"}},
	{"internal/breaker", native, []string{"internal/library"}},
	{"internal/store", native, []string{"internal/media"}},
	{"internal/storeid", native, []string{"internal/library", "internal/store"}},
	{"internal/outcome", native, []string{"internal/library", "internal/logging", "internal/reason"}},

	// Providers speak their API. They know of no relay.
	{"internal/provider", native, []string{"internal/media", "internal/reason"}},
	{"internal/provider/graph", native, []string{"internal/media", "internal/provider", "internal/reason"}},
	{"internal/provider/dialog360", native, []string{"internal/media", "internal/provider", "internal/provider/graph", "internal/reason"}},
	{"internal/provider/cloudapi", native, []string{"internal/media", "internal/provider", "internal/provider/graph", "internal/reason"}},
	{"internal/provider/onprem", native, []string{"internal/media", "internal/provider", "internal/reason"}},
	{"internal/provider/providertest", forTests, []string{"internal/media", "internal/provider", "internal/reason", "internal/sandbox"}},
	{"internal/sandbox", native, []string{"internal/media", "internal/sandbox/storage"}},
	{"internal/sandbox/storage", native, nil},

	// The way of a file through the server.
	{"internal/auth", native, []string{"internal/media"}},
	{"internal/config", native, []string{"internal/auth", "internal/media", "internal/provider"}},
	{"internal/intake", native, []string{
		"internal/auth", "internal/lease", "internal/library", "internal/media", "internal/outcome", "internal/preflight",
		"internal/problem", "internal/reason", "internal/store", "internal/tusproto",
	}},
	{"internal/relay", native, []string{
		"internal/breaker", "internal/lease", "internal/library", "internal/limit", "internal/media", "internal/outcome", "internal/preflight",
		"internal/probe", "internal/provider", "internal/reason", "internal/relay/early", "internal/relay/policy",
		"internal/relay/verified", "internal/store",
	}},
	{"internal/relay/early", native, []string{
		"internal/library", "internal/media", "internal/provider", "internal/relay/policy", "internal/relay/verified", "internal/store",
	}},
	{"internal/relay/policy", native, []string{"internal/breaker", "internal/provider", "internal/reason"}},
	{"internal/relay/verified", native, nil},
	{"internal/httpapi", native, []string{
		"internal/auth", "internal/breaker", "internal/library", "internal/logging", "internal/media", "internal/preflight", "internal/preflight/rulespage",
		"internal/problem", "internal/provider", "internal/reason", "internal/reason/catalogue", "internal/relay/policy", "internal/store", "internal/tusproto",
	}},

	// The program joins them: it alone knows who implements what. The commands call it.
	{"web", native, nil},
	{"internal/app", native, []string{everything}},
	{"server", native, []string{
		"internal/app", "internal/auth", "internal/config", "internal/logging", "internal/media", "internal/preflight",
		"internal/preflight/rulespage", "internal/probe", "internal/reason", "internal/reason/catalogue",
	}},

	// A site of somebody else: it imports nothing of ours.
	{"web/examples/portal", native, nil},

	// Acceptance: the whole program, and what goes wrong around it. The packages beside
	// the stage have tests only.
	{"internal/e2e/stage", forTests, []string{"internal/app", "internal/config", "internal/media", "internal/sandbox"}},
	{"internal/e2e/stage/proxy", forTests, nil},
	{"internal/e2e/stage/browserstage", forTests, []string{
		"internal/config", "internal/e2e/stage", "internal/e2e/stage/proxy", "internal/media", "internal/sandbox", "web",
	}},
	{"internal/e2e/stage/portal", forTests, []string{"internal/e2e/stage", "internal/e2e/stage/browserstage", "web"}},
	{"internal/e2e/browser", forTests, nil},
	{"internal/e2e/embed", forTests, nil},
	{"internal/e2e/engines", forTests, nil},
	{"internal/e2e/faults", forTests, nil},
	{"internal/e2e/attacks", forTests, nil},
	{"internal/e2e/clients", forTests, nil},
	{"internal/e2e/packages", forTests, nil},
	{"internal/e2e/examples", forTests, nil},

	{"internal/archtest", forTests, nil},
}

// everything allows all packages of the product.
const everything = "*"

// implementations are imported only by internal/app. Other packages declare interfaces for
// what they need.
var implementations = []string{
	"internal/provider/dialog360", "internal/provider/cloudapi", "internal/provider/onprem", "internal/sandbox", "web",
}

// tooHeavy lists packages that the browser's module must not import, even
// indirectly, and why. Sizes are KB of 1000 bytes after brotli, in addition to the
// 418 KB of the Go runtime, measured with Go 1.26.
var tooHeavy = map[string]string{
	"syscall/js":    "22 KB, and a call takes 12 µs instead of 0.01 for an export; time, os and context import it",
	"fmt":           "126 KB; use errors.New and strconv",
	"encoding/json": "246 KB; wasm/json.go writes JSON",
	"reflect":       "most of the size of fmt and encoding/json; encoding/binary imports it",
	"net/http":      "1,530 KB; the worker sends the requests",
	"crypto/sha256": "102 KB; use WebCrypto, or internal/digest to hash incrementally",
}
