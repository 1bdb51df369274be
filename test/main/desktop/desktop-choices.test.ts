import { describe, expect, it } from 'vitest';
import { DesktopChoices } from '../../../main/desktop/desktop-choices.ts';

function choicesOf(entries: Record<string, unknown>) {
  const store = new Map(Object.entries(entries));
  return new DesktopChoices({
    get: (key) => store.get(key),
    set: (key, value) => void store.set(key, value),
  });
}

describe('DesktopChoices', () => {
  it('gives back what was kept', () => {
    const choices = choicesOf({});
    const place = { bounds: { x: 1, y: 2, width: 3, height: 4 }, isMaximized: true };
    choices.keepWindow(place);
    choices.rememberTold();
    expect(choices.window).toEqual(place);
    expect(choices.toldOfBackground).toBe(true);
  });

  it('looks for no updates unless somebody has chosen to', () => {
    expect(choicesOf({}).updates).toEqual({ automatic: false, feedUrl: '' });
    expect(choicesOf({ updates: { feedUrl: 'https://u.example/' } }).updates).toEqual({
      automatic: false,
      feedUrl: 'https://u.example/',
    });
  });

  it('takes a damaged entry for one that is not there', () => {
    const choices = choicesOf({ window: { bounds: 'left' }, updates: 7, toldOfBackground: 'yes' });
    expect(choices.window).toBeUndefined();
    expect(choices.updates.automatic).toBe(false);
    expect(choices.toldOfBackground).toBe(false);
  });
});
