// Command wasm is the Go half of the browser's worker: a handful of functions
// that say whether a file may be sent (preflight), what an upload does next
// (uploader) and which file it is (digest).
//
// It leaves to the worker (web/src/worker/worker.ts): reading the file, sending
// requests, timers and tokens. What is sent goes from the file to the socket: no
// chunk and no token ever comes here.
//
// The border is plain: numbers are parameters; texts cross in one shared buffer,
// as fields with a NUL after each; answers are JSON in that buffer. syscall/js
// is not used: a call through it costs a thousand times as much, and it adds
// 20 KB to the download. web/src/worker/wasm.d.ts mirrors the border in the same words.
package main
