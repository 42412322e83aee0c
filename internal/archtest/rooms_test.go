package archtest

// builds says for what a package is compiled.
type builds string

const (
	native   builds = "native"  // the server
	both     builds = "both"    // the server, and the module in the browser's worker
	browser  builds = "browser" // that module's main
	forTests builds = "tests"   // tests alone: nothing that runs for users imports it
)

// room is a package: its folder, its builds, and the folders of ours whose
// packages it may import. Tests inside a package may import what they like.
type room struct {
	folder string
	builds builds
	may    []string
}

// rooms is every package there is. An arrow that is not here does not exist.
var rooms = []room{
	// Words: they import nothing of ours.
	{"internal/reason", both, nil},
	{"internal/media", both, nil},
	{"internal/tusproto", both, nil},

	// What a file is, whether it may be sent, and how it is sent.
	{"internal/probe", both, []string{"internal/media", "internal/reason"}},
	{"internal/preflight", both, []string{"internal/media", "internal/probe", "internal/reason"}},
	{"internal/preflight/preflighttest", forTests, []string{"internal/media", "internal/preflight", "internal/probe", "internal/reason"}},
	{"internal/digest", both, nil},
	{"internal/uploader", both, []string{"internal/media", "internal/reason", "internal/tusproto"}},
	{"wasm", browser, []string{"internal/digest", "internal/media", "internal/preflight", "internal/probe", "internal/reason", "internal/tusproto", "internal/uploader"}},

	// Sentences and answers.
	{"internal/reason/catalogue", native, []string{"internal/reason"}},
	{"internal/preflight/rulespage", native, []string{"internal/media", "internal/preflight", "internal/reason", "internal/reason/catalogue"}},
	{"internal/problem", native, []string{"internal/media", "internal/reason", "internal/reason/catalogue"}},

	// What is remembered, and who may act on it.
	{"internal/database", native, nil},
	{"internal/database/databasetest", forTests, []string{"internal/database"}},
	{"internal/lease", native, []string{"internal/database"}},
	{"internal/limit", native, nil},
	{"internal/library", native, []string{"internal/database", "internal/media", "internal/preflight", "internal/reason"}},
	{"internal/store", native, []string{"internal/media"}},

	// Providers speak their API. They know of no relay.
	{"internal/provider", native, []string{"internal/media", "internal/reason"}},
	{"internal/provider/graph", native, []string{"internal/media", "internal/provider", "internal/reason"}},
	{"internal/provider/dialog360", native, []string{"internal/media", "internal/provider", "internal/provider/graph", "internal/reason"}},
	{"internal/provider/cloudapi", native, []string{"internal/media", "internal/provider", "internal/provider/graph", "internal/reason"}},
	{"internal/provider/onprem", native, []string{"internal/media", "internal/provider", "internal/reason"}},
	{"internal/provider/providertest", forTests, []string{"internal/media", "internal/provider", "internal/reason", "internal/sandbox"}},
	{"internal/sandbox", native, []string{"internal/media"}},

	// The way of a file through the server.
	{"internal/auth", native, []string{"internal/media"}},
	{"internal/config", native, []string{"internal/auth", "internal/media", "internal/provider"}},
	{"internal/intake", native, []string{
		"internal/auth", "internal/lease", "internal/library", "internal/media", "internal/preflight",
		"internal/problem", "internal/reason", "internal/store", "internal/tusproto",
	}},
	{"internal/relay", native, []string{
		"internal/lease", "internal/library", "internal/limit", "internal/media", "internal/preflight",
		"internal/probe", "internal/provider", "internal/reason", "internal/store",
	}},
	{"internal/httpapi", native, []string{
		"internal/auth", "internal/library", "internal/media", "internal/preflight", "internal/preflight/rulespage",
		"internal/problem", "internal/reason", "internal/reason/catalogue", "internal/tusproto",
	}},

	// The program joins them: it alone knows who implements what. The commands call it.
	{"web", native, nil},
	{"internal/app", native, []string{everything}},
	{"server", native, []string{
		"internal/app", "internal/auth", "internal/config", "internal/media", "internal/preflight",
		"internal/preflight/rulespage", "internal/probe", "internal/reason", "internal/reason/catalogue",
	}},

	// Acceptance: the whole program, and what goes wrong around it. The packages beside
	// the stage have tests only.
	{"internal/e2e/stage", forTests, []string{"internal/app", "internal/config", "internal/media", "internal/sandbox"}},
	{"internal/e2e/stage/proxy", forTests, nil},
	{"internal/e2e/stage/browserstage", forTests, []string{
		"internal/config", "internal/e2e/stage", "internal/e2e/stage/proxy", "internal/media", "internal/sandbox", "web",
	}},
	{"internal/e2e/browser", forTests, nil},
	{"internal/e2e/engines", forTests, nil},
	{"internal/e2e/faults", forTests, nil},
	{"internal/e2e/clients", forTests, nil},

	{"internal/archtest", forTests, nil},
}

// everything allows each package that runs for users.
const everything = "*"

// implementations are known by name to internal/app alone; others declare, as an
// interface, what they need of them.
var implementations = []string{
	"internal/provider/dialog360", "internal/provider/cloudapi", "internal/provider/onprem", "internal/sandbox", "web",
}

// tooHeavy is what must not come into the browser's module, even through
// another package, and why. Sizes are KB of 1000 bytes after brotli, over a
// runtime of 418 KB, measured with Go 1.26.
var tooHeavy = map[string]string{
	"syscall/js":    "22 KB, and a call costs 12 µs where an export costs 0.01; time, os and context bring it",
	"fmt":           "126 KB; errors.New and strconv say the same",
	"encoding/json": "246 KB; the worker's answers are written field by field",
	"reflect":       "most of the weight of fmt and encoding/json; encoding/binary brings it",
	"net/http":      "1,530 KB; the worker sends its requests itself",
	"crypto/sha256": "102 KB; WebCrypto has it, and internal/digest for what comes in pieces",
}
