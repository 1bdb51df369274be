import { describe, expect, it } from 'vitest';
import type { DescribedSetting } from '../../broker/control/contract/settings.ts';
import { settingLabel } from '../../renderer/settings/setting-label.ts';
import { isOwn, shownText, valueInWords, valueOf } from '../../renderer/settings/setting-text.ts';
import { scriptedSettings } from '../support/control/scripted-settings.ts';

const { settings } = scriptedSettings();
const find = (property: string): DescribedSetting => settings.find((one) => one.property === property)!;

describe('a setting as text', () => {
  it('is a number where it is counted, and stays text where it is none, for the check to say so', () => {
    expect(valueOf(find('wado.retry_delay_in_secs'), ' 30 ')).toBe(30);
    expect(valueOf(find('wado.retry_delay_in_secs'), '3o')).toBe('3o');
  });

  it('is taken back where its field is empty, unless empty is a value', () => {
    expect(valueOf(find('wado.retry_delay_in_secs'), '')).toBeNull();
    expect(valueOf(find('log.file'), '')).toBe('');
    expect(valueOf(find('qido.url_base'), '')).toBe('');
  });

  it('is not shown where another setting gives the value: that one may change', () => {
    const inherited = {
      ...find('stow.remote_ae'),
      value: 'MAIN-PACS',
      source: 'store' as const,
      isSet: false,
    };
    expect(shownText(inherited)).toBe('');
    expect(isOwn(inherited)).toBe(false);
    expect(shownText({ ...inherited, isSet: true })).toBe('MAIN-PACS');
  });

  it('never shows a secret', () => {
    expect(shownText({ ...find('log.file'), isSecret: true, value: 'x' })).toBe('');
  });

  it('is said with its unit', () => {
    expect(valueInWords(find('wado.retry_delay_in_secs'), 30)).toBe('30 seconds');
    expect(valueInWords(find('http.compression'), false)).toBe('off');
    expect(valueInWords(undefined, undefined)).toBe('nothing');
  });
});

describe('the label of a setting', () => {
  it('is made of its property, without the unit that stands in the field', () => {
    expect(settingLabel('wado.retry_delay_in_secs')).toBe('Retry delay');
  });

  it('is the same for each archive', () => {
    expect(settingLabel('archives.SECOND.qido.remote_ae')).toBe(settingLabel('qido.remote_ae'));
  });

  it.each(settings.map(({ property }) => property))('is text for people: %s', (property) => {
    expect(settingLabel(property)).toMatch(/^[A-Z][A-Za-z -]+$/);
  });
});
