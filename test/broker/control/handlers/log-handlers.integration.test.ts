import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LogEvent } from '../../../../broker/control/contract/events.ts';
import { LogBook } from '../../../../broker/observe/log-book.ts';
import { type ScriptedServices, scriptedServices } from '../../../support/control-services.ts';
import { type StartedControlServer, startControlServer } from '../../../support/control-server.ts';

let services: ScriptedServices;
let started: StartedControlServer;

beforeAll(async () => {
  services = scriptedServices({ logBook: new LogBook({ maxEntries: 200, maxBytes: 1_000_000 }) });
  started = await startControlServer(services);
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
});

test('the last entries are told, and only to who asks for it with patients', async () => {
  services.logger.warn({ patientName: 'DOE^JANE' }, 'An image was refused.');
  const [hidden] = await started.client.log.entries({ level: 'warn', limit: 1 });
  expect(hidden).toMatchObject({ level: 'warn', message: 'An image was refused.' });
  expect(hidden?.fields).not.toContain('DOE');
  const shown = await started.client.log.entries({ level: 'warn', withPatientData: true });
  expect(JSON.stringify(shown)).toContain('DOE^JANE');
});

test('who asks for patients is on record, with address and request', async () => {
  await started.client.log.entries({ withPatientData: true });
  const [entry] = await started.client.log.entries({ text: 'Audit Log Used', limit: 1 });
  expect(entry?.request).toMatch(/^[0-9a-f]{8}$/);
  expect(JSON.parse(entry?.fields ?? '')).toMatchObject({
    audit: true,
    event: '110101',
    remoteAddress: '127.0.0.1',
    withPatientData: true,
  });
});

test('REST takes the same query', async () => {
  services.logger.error({ n: 1 }, 'Something broke.');
  const answer = await started.ask('api/log?level=error&limit=1&withPatientData=false');
  expect(JSON.parse(answer.body.toString())).toMatchObject([
    { message: 'Something broke.', fields: '{"n":1}' },
  ]);
});

test('entries that are held can be saved as a file', async () => {
  services.logger.error('For the file.');
  const file = await started.client.log.file({ level: 'error' });
  expect(file.name).toMatch(/^dcmrs-broker-.*\.log$/);
  expect(await file.text()).toContain('ERROR For the file.');
});

test('a follower gets what was there, then what comes, and what it missed is counted', async () => {
  const leave = new AbortController();
  services.logger.error('Before.');
  const events = await started.client.log.follow({ level: 'error', limit: 1 }, { signal: leave.signal });
  const next = async (): Promise<LogEvent> => {
    const step = await events.next();
    if (step.done === true) throw new Error('The stream ended.');
    return step.value;
  };
  expect((await next()).entries).toMatchObject([{ message: 'Before.' }]);
  services.logger.error('one');
  services.logger.info('not asked for');
  services.logger.error('two');
  const messages: string[] = [];
  while (!messages.includes('two')) messages.push(...(await next()).entries.map(({ message }) => message));
  expect(messages.slice(-2)).toEqual(['one', 'two']);
  // All at once: more than the book holds, while nobody could read.
  for (let number = 1; number <= 1_000; number += 1) services.logger.error(`burst ${number}`);
  let told = 0;
  let dropped = 0;
  while (told + dropped < 1_000) {
    const event = await next();
    told += event.entries.length;
    dropped += event.dropped;
  }
  // Entries of the server itself may be among those that were pushed out.
  expect(told).toBeGreaterThan(190);
  expect(told).toBeLessThanOrEqual(200);
  leave.abort();
});
