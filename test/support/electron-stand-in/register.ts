import { registerHooks } from 'node:module';

// Loaded by `node --import`: whoever imports or requires Electron in this process gets the stand-in.
const standIn = new URL('./electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === 'electron' ? { url: standIn, shortCircuit: true } : nextResolve(specifier, context),
});
