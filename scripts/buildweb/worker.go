package main

import "fmt"

// workerFiles bundles the worker in two files: the entry, which checks files, and
// the part that sends them, loaded after the Go module. Shared code would become a
// third file that delays the entry, so the two must not share any.
func workerFiles(constants names) (entry string, code []output, err error) {
	const source = "web/src/worker/worker.ts"
	code, account, err := pieces(split{
		source: source, folder: "widget", entry: "worker-[hash]", piece: "[name]-[hash]", constants: constants,
	})
	if err != nil {
		return "", nil, err
	}
	entry = account.madeOf(source)
	for i, o := range code {
		if code[i].part = sending; o.name == entry {
			code[i].part = worker
		}
	}
	if len(code) != 2 {
		return "", nil, fmt.Errorf("%s: the bundler wrote %d files, want two: the entry and the sending part", source, len(code))
	}
	return entry, code, nil
}
