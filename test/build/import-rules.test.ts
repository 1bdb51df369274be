import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

interface CruiseReport {
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** Files of a tree that breaks rules: path, what it imports, and the rules that this breaks. */
const fixture: readonly (readonly [path: string, source: string, rules: readonly string[]])[] = [
  // Allowed ways, one per row of the table.
  ['broker/domain/uid.ts', "export type Uid = string; import 'dcmjs';", []],
  ['broker/domain/errors.ts', 'export const code = 1;', []],
  ['broker/config/schema.ts', "import '../domain/uid.ts'; export const schema = 1;", []],
  ['broker/config/store.ts', "import './schema.ts'; import 'node:fs'; export type Store = 1;", []],
  ['broker/dicom/scan.ts', "import '../domain/uid.ts'; export const scan = 1;", []],
  ['broker/observe/logger.ts', "import '../domain/uid.ts'; export type Logger = 1;", []],
  [
    'broker/dimse/echo.ts',
    "import '../observe/logger.ts'; import '../config/schema.ts'; import 'koffi'; export type Echo = 1;",
    [],
  ],
  [
    'broker/archive/archive.ts',
    "import '../dimse/echo.ts'; import '../dicom/scan.ts'; export const archive = 1;",
    [],
  ],
  ['broker/cache/index.ts', "import 'node:sqlite'; import '../dicom/scan.ts'; export const index = 1;", []],
  ['broker/receiving/worker.ts', "import '../dimse/echo.ts'; import '../cache/index.ts';", []],
  [
    'broker/retrieval/job.ts',
    "import '../archive/archive.ts'; import '../cache/index.ts'; export const job = 1;",
    [],
  ],
  [
    'broker/dicomweb/wado.ts',
    "import 'express'; import '../retrieval/job.ts'; import '../dicom/scan.ts';",
    [],
  ],
  [
    'broker/control/contract.ts',
    "import '../config/schema.ts'; import '../domain/uid.ts'; export const contract = 1;",
    [],
  ],
  [
    'broker/control/handlers.ts',
    "import './contract.ts'; import 'express'; import '../retrieval/job.ts';",
    [],
  ],
  ['broker/composition/parts.ts', "import '../dicomweb/wado.ts'; import '../receiving/worker.ts';", []],
  ['broker/broker.ts', "import './dimse/echo.ts'; import './dicomweb/wado.ts'; export const broker = 1;", []],
  ['main/headless.ts', "import '../broker/broker.ts'; import '../broker/config/store.ts';", []],
  ['main/desktop/window.ts', "import 'electron';", []],
  ['main/demo-archive/scp.ts', "import 'dcmjs-dimse'; import '../../broker/domain/uid.ts';", []],
  ['renderer/app.ts', "import '../broker/control/contract.ts'; import '../broker/domain/uid.ts';", []],
  [
    'test/any.test.ts',
    "import '../broker/dimse/echo.ts'; import 'dcmjs-dimse'; import 'electron'; import 'vitest';",
    [],
  ],
  // Every rule, broken; types and late imports included.
  [
    'broker/domain/bad.ts',
    "import type { Logger } from '../observe/logger.ts'; export type B = Logger;",
    ['room-domain'],
  ],
  ['broker/domain/bad-node.ts', "import 'node:fs';", ['contract-uses-nothing-of-node']],
  ['broker/domain/bad-library.ts', "import 'zod';", ['domain-uses-the-dictionary-only']],
  ['broker/config/bad.ts', "import '../observe/logger.ts';", ['room-config']],
  ['broker/dicom/bad.ts', "import '../cache/index.ts';", ['room-dicom']],
  ['broker/observe/bad.ts', "import '../config/schema.ts';", ['room-observe']],
  ['broker/dimse/bad.ts', "import '../dicom/scan.ts';", ['room-dimse']],
  ['broker/archive/bad.ts', "import '../cache/index.ts';", ['room-archive']],
  [
    'broker/cache/bad.ts',
    "import type { Echo } from '../dimse/echo.ts'; export type B = Echo;",
    ['room-cache'],
  ],
  ['broker/receiving/bad.ts', "import '../retrieval/job.ts';", ['room-receiving']],
  ['broker/retrieval/bad.ts', "await import('../dimse/echo.ts');", ['room-retrieval']],
  ['broker/composition/bad.ts', "import '../control/contract.ts';", ['room-composition']],
  ['broker/dicomweb/bad.ts', "import '../dimse/echo.ts';", ['room-dicomweb']],
  ['broker/dicomweb/bad-neighbour.ts', "import '../control/contract.ts';", ['room-dicomweb']],
  ['broker/control/bad.ts', "import '../dicomweb/wado.ts';", ['room-control']],
  ['broker/control/contract/bad.ts', "import '../../cache/index.ts';", ['contract-loads-in-a-browser']],
  [
    'broker/control/contract/bad-store.ts',
    "import '../../config/store.ts';",
    ['contract-loads-in-a-browser'],
  ],
  ['broker/control/contract/bad-node.ts', "import 'node:path';", ['contract-uses-nothing-of-node']],
  ['broker/plugins/bad.ts', "import '../domain/uid.ts';", ['known-rooms-only']],
  ['broker/archive/bad-root.ts', "import '../broker.ts';", ['composition-root-is-on-top', 'room-archive']],
  ['broker/broker-bad.ts', "import '../main/paths.ts';", ['broker-knows-no-host']],
  [
    'broker/archive/bad-express.ts',
    "import type { Request } from 'express'; export type B = Request;",
    ['express-only-where-it-belongs'],
  ],
  ['broker/archive/bad-sqlite.ts', "import 'node:sqlite';", ['node-sqlite-only-where-it-belongs']],
  ['broker/archive/bad-koffi.ts', "await import('koffi');", ['koffi-only-where-it-belongs']],
  ['broker/dicom/bad-sharp.ts', "import 'sharp';", ['sharp-only-where-it-belongs']],
  ['broker/dicom/codec/bad-codecs.ts', "import 'dcmjs-codecs';", ['dcmjs-codecs-only-where-it-belongs']],
  ['broker/archive/bad-electron.ts', "import 'electron';", ['electron-only-where-it-belongs']],
  [
    'main/bad-electron.ts',
    "import type { App } from 'electron'; export type B = App;",
    ['electron-only-where-it-belongs'],
  ],
  ['broker/dimse/bad-library.ts', "import 'dcmjs-dimse';", ['dcmjs-dimse-only-where-it-belongs']],
  ['broker/archive/bad-test.ts', "import '../../test/support.ts';", ['not-to-tests-or-tools']],
  ['broker/archive/bad-dev.ts', "import 'vitest';", ['not-to-dev-dependencies']],
  ['broker/archive/bad-missing.ts', "import './missing.ts';", ['resolvable']],
  ['broker/archive/cycle-a.ts', "import type { B } from './cycle-b.ts'; export type A = B;", ['no-cycles']],
  // A cycle is reported once, at the file that comes first.
  ['broker/archive/cycle-b.ts', "import type { A } from './cycle-a.ts'; export type B = A;", []],
  ['main/paths.ts', "import '../broker/cache/index.ts';", ['host-is-thin']],
  ['main/demo-archive/bad.ts', "import '../../broker/dimse/echo.ts';", ['demo-archive-is-apart']],
  ['renderer/bad.ts', "import '../broker/cache/index.ts';", ['interface-knows-the-contract']],
  ['test/support.ts', 'export const support = 1;', []],
];

describe('the import rules', () => {
  let directory: string;
  let violations: CruiseReport['summary']['violations'];

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'dcmrs-imports-'));
    const dependencies = [
      'express',
      'koffi',
      'electron',
      'dcmjs',
      'dcmjs-codecs',
      'dcmjs-dimse',
      'sharp',
      'zod',
    ];
    const versions = Object.fromEntries(dependencies.map((name) => [name, '1.0.0']));
    write(
      'package.json',
      JSON.stringify({ type: 'module', dependencies: versions, devDependencies: { vitest: '1.0.0' } }),
    );
    for (const name of [...dependencies, 'vitest']) {
      write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'main.js' }));
      write(`node_modules/${name}/main.js`, '');
    }
    symlinkSync(join(root, '.dependency-cruiser.mjs'), join(directory, '.dependency-cruiser.mjs'));
    for (const [path, source] of fixture) write(path, source);
    const tool = join(root, 'node_modules', '.bin', 'depcruise');
    const args = [
      '--config',
      '.dependency-cruiser.mjs',
      '--output-type',
      'json',
      'broker',
      'main',
      'renderer',
      'test',
    ];
    // With this output type violations do not make the tool fail.
    const { stdout } = await promisify(execFile)(process.execPath, [tool, ...args], {
      cwd: directory,
      maxBuffer: 64 * 1024 * 1024,
    });
    violations = (JSON.parse(stdout) as CruiseReport).summary.violations;
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each(fixture.map(([path, source, rules]) => ({ path, source, rules })))(
    '$path breaks $rules',
    ({ path, rules }) => {
      const broken = violations.filter(({ from }) => from === path).map(({ rule }) => rule.name);
      expect([...new Set(broken)].sort()).toEqual([...rules].sort());
    },
  );

  it('has a case for every rule', async () => {
    const config = (await import('../../.dependency-cruiser.mjs')).default;
    const proven = new Set(fixture.flatMap(([, , rules]) => rules));
    const named = (config.forbidden ?? []).map(({ name }) => name);
    expect(named.filter((name) => name === undefined || !proven.has(name))).toEqual([]);
    expect((config.forbidden ?? []).filter(({ comment }) => (comment ?? '').length < 20)).toEqual([]);
  });
});
