import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { holdSingleInstance } from '../../../main/desktop/single-instance.ts';

function app(isFirst: boolean) {
  return Object.assign(new EventEmitter(), { requestSingleInstanceLock: () => isFirst });
}

describe('holdSingleInstance', () => {
  it('shows the window when it is started a second time', () => {
    const show = vi.fn();
    const first = app(true);
    expect(holdSingleInstance(first as unknown as Electron.App, show)).toBe(true);
    first.emit('second-instance', {}, ['dcmrs-broker']);
    expect(show).toHaveBeenCalledTimes(1);
  });

  it('shows nothing when the second start was the one at login', () => {
    const show = vi.fn();
    const first = app(true);
    holdSingleInstance(first as unknown as Electron.App, show);
    first.emit('second-instance', {}, ['dcmrs-broker', '--hidden']);
    expect(show).not.toHaveBeenCalled();
  });

  it('tells the second one to end', () => {
    expect(holdSingleInstance(app(false) as unknown as Electron.App, vi.fn())).toBe(false);
  });
});
