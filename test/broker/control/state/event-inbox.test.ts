import { expect, test } from 'vitest';
import { EventInbox } from '../../../../broker/control/state/event-inbox.ts';
import { scriptedServices } from '../../../support/control-services.ts';

const never = new AbortController().signal;
const { watch } = scriptedServices();
watch.stop();

test('the newest state takes the place of the one before', async () => {
  const inbox = new EventInbox();
  inbox.state({ ...watch.state(), version: 'old' });
  inbox.state({ ...watch.state(), version: 'new' });
  expect(await inbox.take(never)).toMatchObject([{ type: 'state', state: { version: 'new' } }]);
});

test('who waits is woken by what comes, and by the signal', async () => {
  const inbox = new EventInbox();
  const taken = inbox.take(never);
  inbox.settings();
  expect(await taken).toEqual([{ type: 'settings' }]);
  const leave = new AbortController();
  const given = inbox.take(leave.signal);
  leave.abort();
  expect(await given).toEqual([]);
});

test('a study that grows is told once, and very many studies in one word', async () => {
  const inbox = new EventInbox();
  for (let time = 1; time <= 10; time += 1) inbox.cache('MAIN', '1.2');
  expect(await inbox.take(never)).toEqual([{ type: 'cache', archive: 'MAIN', study: '1.2' }]);
  for (let study = 1; study <= 10_000; study += 1) inbox.cache('MAIN', `1.2.${study}`);
  expect(await inbox.take(never)).toEqual([{ type: 'cache', archive: '', study: '' }]);
});

test('a reader that is behind gets the last ten seconds', async () => {
  const inbox = new EventInbox();
  for (let second = 1; second <= 100; second += 1) inbox.throughput({ at: '', received: second, sent: 0 });
  const events = await inbox.take(never);
  expect(events).toHaveLength(10);
  expect(events.at(-1)).toMatchObject({ sample: { received: 100 } });
});
