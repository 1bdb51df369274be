import { describe, expect, it } from 'vitest';
import type { HostAbilities } from '../../../../broker/control/contract/host.ts';
import { ForwardedHost } from '../../../../main/desktop/gateway/forwarded-host.ts';
import type { HostQuestion } from '../../../../main/desktop/gateway/gateway-messages.ts';

const abilities: HostAbilities = {
  kind: 'desktop',
  canChooseFolder: true,
  canOpenFolder: true,
  canStartAtLogin: true,
  startsAtLogin: false,
  canCheckForUpdates: false,
};

function forwardedHost() {
  const asked: { id: number; question: HostQuestion }[] = [];
  return { asked, host: new ForwardedHost(abilities, (id, question) => void asked.push({ id, question })) };
}

describe('ForwardedHost', () => {
  it('gives each question the answer that belongs to it', async () => {
    const { host, asked } = forwardedHost();
    const first = host.chooseFolder('/a');
    const second = host.chooseFolder(undefined);
    expect(asked.map(({ question }) => question)).toEqual([
      { what: 'choose-folder', startAt: '/a' },
      { what: 'choose-folder', startAt: undefined },
    ]);
    host.receive({ type: 'answer', id: asked[1]!.id, path: undefined });
    host.receive({ type: 'answer', id: asked[0]!.id, path: '/chosen' });
    await expect(first).resolves.toBe('/chosen');
    await expect(second).resolves.toBeUndefined();
  });

  it('says why the desktop refused', async () => {
    const { host, asked } = forwardedHost();
    const opened = host.openFolder('relative');
    host.receive({ type: 'refusal', id: asked[0]!.id, message: 'It is not a whole path.' });
    await expect(opened).rejects.toMatchObject({
      code: 'not-supported',
      message: 'It is not a whole path.',
    });
  });

  it('knows the abilities as they have become', async () => {
    const { host, asked } = forwardedHost();
    const set = host.startAtLogin(true);
    host.receive({ type: 'abilities', abilities: { ...abilities, startsAtLogin: true } });
    host.receive({ type: 'answer', id: asked[0]!.id, path: undefined });
    await set;
    expect(host.abilities().startsAtLogin).toBe(true);
  });
});
