// Command wasm is the Go module of the browser's worker. It exports functions that
// check whether a file may be sent (preflight), decide the next step of an upload
// (uploader) and hash a file (digest).
//
// It leaves to the worker (web/src/worker/worker.ts): reading the file, sending
// requests, timers and tokens. The browser sends chunks from the file itself, so
// neither chunks nor tokens pass through this module.
//
// Calling convention: numbers are parameters. Texts are fields in one shared buffer,
// each followed by a NUL. Results are JSON in that buffer. The module does not use
// syscall/js, whose calls take a thousand times as long, and which adds
// 20 KB to the download. web/src/worker/wasm.d.ts declares the same interface.
package main
