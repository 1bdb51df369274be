import { startScriptedControl } from './scripted-control.ts';
import { scriptedEntry } from './scripted-log.ts';

// For looking at the user interface by hand, with a life of its own: node test/support/control/serve.ts [port]
const control = await startScriptedControl(Number(process.argv[2] ?? 8_900));
process.stdout.write(`${control.url}\n`);
let count = 0;
setInterval(() => {
  const received = 84_000_000 + Math.sin(count / 7) * 30_000_000;
  control.world.tell({
    type: 'throughput',
    sample: { at: new Date().toISOString(), received, sent: received * 0.6 },
  });
  control.world.write([scriptedEntry(count++)]);
}, 1_000);
