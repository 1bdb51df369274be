/**
 * How Electron starts the gateway's process. V8 takes its options there from `--js-flags` only, and before it
 * begins; they are those of the headless host (build/host-options.mjs, which is not delivered).
 */
export const gatewayForkOptions = {
  serviceName: 'DCMRS Broker gateway',
  stdio: ['ignore', 'inherit', 'pipe'] as ('ignore' | 'inherit' | 'pipe')[],
  execArgv: ['--js-flags=--max-semi-space-size=4 --no-wasm-code-gc'],
};
