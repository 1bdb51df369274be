import { launch } from './launch.mjs';

const args = process.argv.slice(2);
await launch('build/run-checks.ts', args, { debianPackages: !args.includes('--without-integration') });
