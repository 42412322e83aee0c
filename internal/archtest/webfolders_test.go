package archtest

// webFolder is a folder of web/src and the other folders whose files its own
// may import, types included. The sentence is for whoever breaks the rule.
type webFolder struct {
	name string
	may  []string
	why  string
}

// webFolders is every folder of web/src. An import that is not here is a failure.
var webFolders = []webFolder{
	{"engine", nil, "engine is the interface that everything else is written against, so it imports nothing of ours"},
	{"storage", []string{"engine"}, "storage keeps records and copies for whoever asks; it must not know who sends or shows them"},
	{"worker", []string{"engine", "storage"}, "the worker runs without a page, and what it imported of one would be downloaded with it"},
	{"session", []string{"engine"}, "the session has neither DOM nor words, so that its tests run without a browser"},
	{"i18n", []string{"engine"}, "i18n turns the engine's types into words; it must not know whose words they are"},
	{"list", []string{"engine", "i18n", "session"}, "rows show what the session holds; the element that places them calls them, never the reverse"},
	{"element", []string{"engine", "i18n", "list", "session"}, "the element works on any page, and reaches worker and storage through the engine alone"},
	{"check", []string{"engine", "i18n"}, "a page that wants a verdict alone loads neither a list nor a session"},
	{"headless", []string{"engine", "i18n", "session"}, "headless has what the element has, without a view"},
	{"npm", []string{"check", "element", "engine", "headless", "i18n", "session"}, "npm has the entries of the package and no work of its own"},
	{"page", []string{"element", "engine", "i18n", "session"}, "the page uses the element as any other page does: how rows are drawn and files are sent is not its concern"},
}

// longestWebFile is in lines: about five screens, the most that one noun takes here.
const longestWebFile = 250
