import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStore, storePath } from '../../../../broker/config/settings-store.ts';
import { propertiesPath } from '../../../../broker/config/properties-file.ts';
import type { DescribedSetting } from '../../../../broker/control/contract/settings.ts';
import { SettingsEditor } from '../../../../broker/control/settings/settings-editor.ts';
import { BrokerError } from '../../../../broker/domain/errors.ts';

const required = {
  'qido.remote_ae': 'PACS',
  'qido.remote_host': 'pacs.example.org',
  'qido.local_ae': 'BROKER',
  'wado.remote_ae': 'PACS',
  'wado.remote_host': 'pacs.example.org',
  'wado.local_ae': 'BROKER',
  'scp.local_ae': 'BROKER',
  'scp.cache_dir_path': '/cache',
};
const second = {
  'archives.second.qido.remote_ae': 'SECOND',
  'archives.second.qido.remote_host': 'second.example.org',
};

let home: string;
let applied: number;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'editor-'));
  mkdirSync(join(home, 'conf'));
  applied = 0;
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

function editor({ stored = required, env = {}, properties = '' }: Partial<Situation> = {}): SettingsEditor {
  writeFileSync(storePath(home), JSON.stringify(stored));
  if (properties !== '') writeFileSync(propertiesPath(home), properties);
  return new SettingsEditor({
    place: { home, env },
    apply: async () => {
      await Promise.resolve();
      applied += 1;
      return { restarted: [`apply ${applied}`] };
    },
  });
}

interface Situation {
  readonly stored: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly properties: string;
}

async function refusal(work: Promise<unknown>): Promise<BrokerError> {
  const thrown: unknown = await work.catch((error: unknown) => error);
  if (thrown instanceof BrokerError) return thrown;
  throw new Error(`It was not refused: ${JSON.stringify(thrown)}`);
}

function setting(of: SettingsEditor, property: string): DescribedSetting | undefined {
  return of.describe().settings.find((one) => one.property === property);
}

describe('describing', () => {
  it('tells each setting with its value, where it comes from, and whether it can be changed here', () => {
    const described = editor({
      env: { HTTP_PORT: '8080' },
      properties: '\nqido.remote_port = 104\n',
    });
    expect(setting(described, 'http.port')).toMatchObject({
      value: 8080,
      source: 'environment',
      where: 'HTTP_PORT',
      isLocked: true,
      isSet: true,
      default: 4567,
      min: 0,
      max: 65535,
    });
    expect(setting(described, 'qido.remote_port')).toMatchObject({
      value: 104,
      source: 'properties',
      where: `${propertiesPath(home)}:2`,
      isLocked: true,
      archive: 'default',
    });
    expect(setting(described, 'scp.local_ae')).toMatchObject({
      value: 'BROKER',
      source: 'store',
      where: storePath(home),
      isLocked: false,
    });
    expect(setting(described, 'scp.local_ae')).not.toHaveProperty('default');
    expect(setting(described, 'log.level')).toMatchObject({
      value: 'info',
      source: 'default',
      isSet: false,
      isLocked: false,
    });
    // It comes from the settings store too, but by another setting.
    expect(setting(described, 'stow.remote_ae')).toMatchObject({
      value: 'PACS',
      source: 'default',
      isSet: false,
      defaultsTo: 'wado.remote_ae',
    });
  });

  it('tells those of further archives, and whose values count where they have none', () => {
    const described = editor({ stored: { ...required, ...second } });
    expect(described.describe().archives).toEqual(['default', 'second']);
    expect(setting(described, 'archives.second.qido.remote_ae')).toMatchObject({
      value: 'SECOND',
      archive: 'second',
      env: 'ARCHIVES_SECOND_QIDO_REMOTE_AE',
    });
    expect(setting(described, 'archives.second.wado.remote_ae')).toMatchObject({
      value: 'SECOND',
      defaultsTo: 'archives.second.qido.remote_ae',
    });
    expect(setting(described, 'archives.second.qido.local_ae')).toMatchObject({
      value: 'BROKER',
      defaultsTo: 'qido.local_ae',
    });
  });

  it('never tells a secret, but whether there is one', () => {
    const secret = 'a-secret-of-some-length';
    const described = editor({ stored: { ...required, 'control.token': secret } });
    expect(setting(described, 'control.token')).toMatchObject({ isSecret: true, isSet: true });
    expect(JSON.stringify(described.describe())).not.toContain(secret);
    expect(JSON.stringify(described.export())).not.toContain(secret);
    const mistyped = editor({ stored: { ...required, 'control.token': 'tooshort' } });
    expect(JSON.stringify(mistyped.describe())).not.toContain('tooshort');
  });

  it('shows what is wrong as it stands, with its problem under its property', () => {
    const { 'scp.local_ae': _, ...others } = required;
    const described = editor({ stored: { ...others, 'http.port': 'eighty' } });
    expect(setting(described, 'http.port')).toMatchObject({ value: 'eighty' });
    expect(setting(described, 'scp.local_ae')).not.toHaveProperty('value');
    expect(described.describe().problems).toEqual([
      expect.objectContaining({ property: 'http.port', message: '"eighty" is not allowed.' }),
      expect.objectContaining({ property: 'scp.local_ae', message: 'A value is needed here.' }),
    ]);
  });
});

describe('checking', () => {
  it('finds what would be wrong, each under its property, and saves nothing', () => {
    const checked = editor({ env: { HTTP_PORT: '8080' } });
    const problems = checked.validate({
      'qido.remote_port': 70_000,
      'scp.local_port': 8080,
      'http.port': 80,
      'qido.remote_ea': 'X',
      'wado.local_ae': null,
    });
    expect(problems.map(({ property }) => property).sort()).toEqual([
      'http.port',
      'qido.remote_ea',
      'qido.remote_port',
      'scp.local_port',
      'wado.local_ae',
    ]);
    expect(problems.find(({ property }) => property === 'http.port')).toMatchObject({
      message: expect.stringContaining('environment variable HTTP_PORT') as string,
    });
    expect(readStore(home)).toEqual(required);
  });

  it('finds nothing wrong with what is right', () => {
    expect(editor().validate({ 'http.port': '8081', 'log.level': 'debug' })).toEqual([]);
  });
});

describe('saving', () => {
  it('writes checked values, takes back what is null, applies, and tells who listens', async () => {
    const saved = editor({ stored: { ...required, 'log.level': 'debug' } });
    let told = 0;
    const off = saved.onChange(() => (told += 1));
    expect(await saved.save({ 'http.port': '8081', 'log.level': null })).toEqual({ restarted: ['apply 1'] });
    expect(readStore(home)).toEqual({ ...required, 'http.port': 8081 });
    off();
    await saved.save({ 'http.port': 8082 });
    expect(told).toBe(1);
  });

  it('refuses what is wrong or would be missing, and writes nothing', async () => {
    const saved = editor();
    const error = await refusal(saved.save({ 'http.port': 'x', 'scp.local_ae': null, 'log.level': 'debug' }));
    expect(error.code).toBe('configuration');
    expect(error.message).toContain('http.port = "x"');
    expect(error.message).toContain('scp.local_ae');
    expect(readStore(home)).toEqual(required);
    expect(applied).toBe(0);
  });

  it('refuses a setting that environment or properties file give, and says which', async () => {
    const saved = editor({ env: { HTTP_PORT: '8080' }, properties: 'log.level = warn' });
    expect((await refusal(saved.save({ 'http.port': 80 }))).message).toBe(
      'http.port is set by environment variable HTTP_PORT, which counts before what is saved here.',
    );
    expect((await refusal(saved.save({ 'log.level': 'info' }))).message).toContain(
      `${propertiesPath(home)}:1`,
    );
  });

  it('takes a part of what is needed while the rest is still missing', async () => {
    const saved = editor({ stored: {} });
    await saved.save({ 'qido.remote_ae': 'PACS' });
    expect(readStore(home)).toEqual({ 'qido.remote_ae': 'PACS' });
  });

  it('two that save at once lose nothing of each other', async () => {
    const saved = editor();
    const results = await Promise.all([
      saved.save({ 'http.port': 8081 }),
      saved.save({ 'log.level': 'debug' }),
      saved.save({ 'qido.remote_port': 104 }),
    ]);
    expect(results.map(({ restarted }) => restarted[0])).toEqual(['apply 1', 'apply 2', 'apply 3']);
    expect(readStore(home)).toEqual({
      ...required,
      'http.port': 8081,
      'log.level': 'debug',
      'qido.remote_port': 104,
    });
  });

  it('goes on after one that was refused', async () => {
    const saved = editor();
    const [wrong, right] = await Promise.allSettled([
      saved.save({ 'http.port': -1 }),
      saved.save({ 'http.port': 81 }),
    ]);
    expect([wrong.status, right.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('archives', () => {
  it('are added with their settings, and only with those', async () => {
    const saved = editor();
    await saved.addArchive('second', second);
    expect(saved.describe().archives).toEqual(['default', 'second']);
    for (const [name, changes] of [
      ['second', second],
      ['SECOND', second],
      ['default', {}],
      ['a/b', {}],
      ['third', { ...second }],
      ['third', { 'archives.third.qido.remote_ae': 'THIRD' }],
    ] as const) {
      expect((await refusal(saved.addArchive(name, changes))).code).toBe('configuration');
    }
    expect(readStore(home)).toEqual({ ...required, ...second });
  });

  it('are shown in the order that is saved, and leave it when they are removed', async () => {
    const saved = editor({
      stored: {
        ...required,
        ...second,
        'archives.alpha.qido.remote_ae': 'ALPHA',
        'archives.alpha.qido.remote_host': 'alpha',
      },
    });
    expect(saved.describe().archives).toEqual(['default', 'alpha', 'second']);
    await saved.orderArchives(['default', 'second', 'alpha']);
    expect(saved.describe().archives).toEqual(['default', 'second', 'alpha']);
    await saved.removeArchive('second');
    expect(saved.describe().archives).toEqual(['default', 'alpha']);
    expect(Object.keys(readStore(home)).filter((property) => property.includes('second'))).toEqual([]);
    expect(readStore(home)['archives.order']).toBe('alpha');
    await saved.removeArchive('alpha');
    expect(readStore(home)).toEqual(required);
    expect((await refusal(saved.orderArchives(['gone']))).message).toContain('no archive gone');
  });

  it('cannot be removed where something else gives them, and default never', async () => {
    const saved = editor({
      stored: { ...required, ...second },
      env: { ARCHIVES_SECOND_WADO_REMOTE_PORT: '104' },
    });
    expect((await refusal(saved.removeArchive('second'))).message).toBe(
      'The archive second is given by environment variable ARCHIVES_SECOND_WADO_REMOTE_PORT, and cannot be removed here.',
    );
    expect((await refusal(saved.removeArchive('default'))).code).toBe('configuration');
    expect((await refusal(saved.removeArchive('other'))).code).toBe('not-found');
    expect(readStore(home)).toEqual({ ...required, ...second });
  });
});

describe('export, import and reset', () => {
  it('what was exported can be imported elsewhere, and replaces what is there but secrets', async () => {
    const file = editor({ stored: { ...required, ...second, 'http.port': 81 } }).export();
    const token = 'a-secret-of-some-length';
    const target = editor({ stored: { ...required, 'log.level': 'debug', 'control.token': token } });
    await target.import(file);
    expect(readStore(home)).toEqual({ ...required, ...second, 'http.port': 81, 'control.token': token });
  });

  it('a file with wrong, unknown or missing settings changes nothing', async () => {
    const target = editor();
    const file = { format: 'dcmrs-broker-settings', version: 1 } as const;
    for (const settings of [
      { ...required, 'http.port': 'x' },
      { ...required, 'http.prot': 1 },
      { 'log.level': 'debug' },
    ]) {
      expect((await refusal(target.import({ ...file, settings }))).code).toBe('configuration');
    }
    expect(readStore(home)).toEqual(required);
  });

  it('resets what is named, or all', async () => {
    const saved = editor({ stored: { ...required, 'http.port': 81, 'log.level': 'debug' } });
    await saved.reset(['http.port']);
    expect(readStore(home)).toEqual({ ...required, 'log.level': 'debug' });
    await saved.reset();
    expect(readStore(home)).toEqual({});
    expect(applied).toBe(2);
  });

  it('puts a damaged settings store aside when all is reset, and says before that it is damaged', async () => {
    const saved = editor();
    writeFileSync(storePath(home), '{"http.port": ');
    expect(saved.describe().problems[0]?.message).toContain('is damaged');
    expect((await refusal(saved.save({ 'http.port': 81 }))).message).toContain('is damaged');
    await saved.reset();
    expect(readFileSync(`${storePath(home)}.damaged`, 'utf8')).toBe('{"http.port": ');
    expect(existsSync(storePath(home))).toBe(true);
    await saved.save({ 'http.port': 81 });
    expect(readStore(home)).toEqual({ 'http.port': 81 });
  });
});
