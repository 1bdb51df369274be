import { fileURLToPath } from 'node:url';
import { chooseHost } from './choose-host.mjs';
import { endLike, runChild } from './child.mjs';
import { hostOptions } from './host-options.mjs';
import { launch, prepare } from './launch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const args = process.argv.slice(2);

if (await prepare()) {
  const host = await chooseHost();
  if ('electron' in host) {
    endLike(await runChild(host.electron, [root]));
  } else {
    console.log(`Starting without a window: ${host.headlessBecause}.`);
    await launch('main/headless.ts', args, { nodeOptions: hostOptions });
  }
}
