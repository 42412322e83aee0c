/** The build resolves this name to lib/wasm/wasm_exec.js of the Go that builds the module. */
declare module 'wasm_exec'
