/**
 * V8 of Node 24 ends the process now and then where worker threads share compiled WebAssembly: its collector of
 * machine code frees what another thread still counts on (seen in a core file: `NativeModule::FreeCode` below
 * `Runtime_TierUpWasmToJSWrapper`, also as «Check failed: jit_page.has_value()» and as a damaged heap). Without
 * that collector a few megabytes of code stay, however many threads come and go: they share their modules.
 */
export const steadyThreads = '--no-wasm-code-gc';

/**
 * Options of Node for a process that runs the gateway. What its sockets and files bring lies outside of the
 * JavaScript heap and is freed when the small objects that stand for it are: with a small young generation
 * that is often and cheap, and peak memory is some 30 MiB lower. A size of 1 would cost a tenth of
 * the speed of small answers, and save 15 MiB more.
 */
export const hostOptions = ['--max-semi-space-size=4', steadyThreads];
