/** The build resolves this name to lib/wasm/wasm_exec.js of the Go version that compiles the module. */
declare module 'wasm_exec'
