import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, type LogSettings } from '../../../broker/observe/logger.ts';

const settings: LogSettings = {
  level: 'info',
  format: 'text',
  file: '',
  fileMaxSizeInMb: 1,
  fileMaxCount: 3,
};

function capture() {
  const lines: string[] = [];
  return { lines, write: (line: string) => lines.push(line), close: () => undefined };
}

describe('createLogger', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'dcmrs-log-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('writes one readable line per entry in text', () => {
    const output = capture();
    createLogger(settings, output).warn(
      { archive: 'MAIN', reason: 'no route', status: 0xa801 },
      'C-MOVE refused',
    );
    expect(output.lines).toHaveLength(1);
    expect(output.lines[0]).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARN {2}C-MOVE refused archive=MAIN reason="no route" status=43009\n$/,
    );
  });

  it('writes one JSON object per entry in json', () => {
    const output = capture();
    const log = createLogger({ ...settings, format: 'json' }, output);
    log.child({ room: 'dimse' }).error({ err: new Error('boom') }, 'failed');
    const entry = JSON.parse(output.lines[0] ?? '') as Record<string, unknown>;
    expect(entry).toMatchObject({
      level: 'error',
      room: 'dimse',
      msg: 'failed',
      err: { type: 'Error', message: 'boom' },
    });
    expect(entry['time']).toMatch(/^\d{4}-.*Z$/);
    expect(entry).not.toHaveProperty('hostname');
  });

  it('lets no value begin a line of its own or reach the terminal', () => {
    const output = capture();
    const hostile = 'x\r\n2026-01-01 ERROR forged\u001b[2J\u0085\u2028\u202e\u0000';
    createLogger(settings, output).info({ userAgent: hostile, [hostile]: 1, list: [hostile] }, hostile);
    const text = output.lines.join('');
    expect(text.endsWith('\n')).toBe(true);
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(text.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/);
    expect(text).toContain('forged');
  });

  it.each(['text', 'json'] as const)('redacts fields, bindings, messages and errors in %s', (format) => {
    const output = capture();
    const log = createLogger({ ...settings, level: 'trace', format }, output);
    log.trace({ PatientName: 'DOE' }, 'PatientID=DOE');
    log.child({ patientName: 'DOE', deep: { accessionNumber: 'DOE' } }).info('asked ?PatientName=DOE');
    log.error({ err: new Error('PatientName=DOE') });
    log.error(new Error('PatientName=DOE'));
    expect(output.lines).toHaveLength(4);
    for (const line of output.lines) {
      expect(line).toContain('[redacted]');
      expect(line).not.toContain('DOE');
    }
  });

  it('holds back what is below the level, except for children with a level of their own', () => {
    const output = capture();
    const log = createLogger({ ...settings, level: 'error' }, output);
    log.info('not seen');
    log.child({}).warn('not seen');
    log.child({ audit: true }, 'info').info('seen');
    expect(log.isLevelEnabled('warn')).toBe(false);
    expect(log.isLevelEnabled('error')).toBe(true);
    expect(output.lines.join('')).toMatch(/^[^\n]* seen audit=true\n$/);
  });

  it('writes to console and file, and makes the directory', () => {
    const file = join(directory, 'deep', 'broker.log');
    const output = capture();
    const log = createLogger({ ...settings, file }, output);
    log.info('once');
    log.close();
    expect(readFileSync(file, 'utf8')).toBe(output.lines.join(''));
  });

  it('names the file that it cannot write', () => {
    expect(() => createLogger({ ...settings, file: join(directory, 'x'.repeat(300)) }, capture())).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringContaining('xxx') as unknown }),
    );
  });

  it('has everything on standard output when the process exits, closed or not', async () => {
    const source = new URL('../../../broker/observe/logger.ts', import.meta.url).href;
    const script = (end: string) => `
      import { createLogger } from ${JSON.stringify(source)};
      const log = createLogger(${JSON.stringify({ ...settings, format: 'json' })});
      for (let n = 0; n < 5000; n += 1) log.info({ n }, 'entry');
      ${end}`;
    for (const end of ['log.close(); process.exit(0);', 'process.exit(0);', '']) {
      const { stdout } = await promisify(execFile)(process.execPath, [
        '--input-type=module-typescript',
        '-e',
        script(end),
      ]);
      const lines = stdout.trimEnd().split('\n');
      expect(lines).toHaveLength(5000);
      expect(JSON.parse(lines[4999] ?? '')).toMatchObject({ n: 4999 });
    }
  });

  it('goes on with other settings, also where loggers were made of it', () => {
    const output = capture();
    const log = createLogger(settings, output);
    const child = log.child({ archive: 'MAIN' });
    const audit = log.child({ audit: true }, 'info');
    child.debug('unheard');
    const file = join(directory, 'broker.log');
    log.apply({ ...settings, level: 'debug', format: 'json', file });
    expect(child.isLevelEnabled('debug')).toBe(true);
    child.debug('heard');
    log.apply({ ...settings, level: 'error' });
    child.warn('unheard too');
    audit.info('always');
    expect(output.lines.map((line) => line.includes('heard') || line.includes('always'))).toEqual([
      true,
      true,
    ]);
    expect(JSON.parse(output.lines[0] ?? '')).toMatchObject({ archive: 'MAIN', msg: 'heard' });
    expect(readFileSync(file, 'utf8')).toBe(output.lines[0]);
    log.close();
  });

  it('stays as it is where the new file cannot be written', () => {
    const output = capture();
    const file = join(directory, 'broker.log');
    const log = createLogger({ ...settings, file }, output);
    const impossible = { ...settings, level: 'error', file: join(file, 'below.log') } as const;
    expect(() => {
      log.apply(impossible);
    }).toThrow('below.log');
    log.info('still there');
    log.close();
    expect(readFileSync(file, 'utf8')).toContain('still there');
  });
});
