package main

import (
	"fmt"
	"path"
)

// engineProtocol is the number of the messages between a page and the worker of
// another version, which it meets in the media server's frame. Raise it with a
// change to web/src/engine/worker-protocol.ts that an older worker would not
// understand.
const engineProtocol = 1

// protocolFile is a public script by which a page recognizes a media server.
func protocolFile() output {
	return output{name: "widget/engine-protocol.js", content: fmt.Appendf(nil, "export const protocol = %d\n", engineProtocol)}
}

// frameFiles builds the page of the frame that holds the worker for pages whose
// policy forbids one, and its script. The server fills in the origins that may
// embed it.
func frameFiles(constants names) ([]output, error) {
	const source = "web/src/engine/frame-page.ts"
	code, account, err := pieces(split{
		source: source, folder: "widget", entry: "engine-frame-[hash]", piece: "[name]-[hash]", constants: constants,
	})
	if err != nil {
		return nil, err
	}
	page, err := pageTemplate("engine.html", names{"%FRAME_JS%": path.Base(account.madeOf(source))})
	return append(code, page), err
}
