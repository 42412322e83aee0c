package main

import "fmt"

// workerFiles makes the worker: what checks files, and the part that sends them,
// which it loads after the Go module. What both would share would be a third
// file, waited for before anything runs; so they share nothing.
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
		return "", nil, fmt.Errorf("%s: the bundler made %d files where the worker and its part that sends were meant", source, len(code))
	}
	return entry, code, nil
}
