import { describe, expect, it } from 'vitest';
import {
  capabilitiesDetail,
  cannotRetrieve,
  suggestedChanges,
} from '../../../../broker/archive/check/capabilities.ts';
import type { CheckAddress } from '../../../../broker/archive/check/check-event.ts';

const address: CheckAddress = {
  name: 'default',
  aeTitle: 'MAIN-PACS',
  host: '10.1.2.3',
  port: 104,
  callingAeTitle: 'BROKER',
  retrieveMethod: 'auto',
};
const both = { canMove: true, canGet: true, canQueryRelational: false, canMatchFuzzy: false };

describe('what an archive was found to support', () => {
  it('is told in words', () => {
    expect(capabilitiesDetail(both)).toBe('Images by C-MOVE or C-GET.');
    expect(
      capabilitiesDetail({
        ...both,
        canMove: false,
        canQueryRelational: true,
        canMatchFuzzy: true,
        characterSet: 'ISO_IR 100',
      }),
    ).toBe('Images by C-GET. Relational queries. Names also by sound (fuzzy matching). Texts in ISO_IR 100.');
  });

  it('is not enough where no images can be fetched as it is chosen', () => {
    expect(cannotRetrieve(address, both)).toBeUndefined();
    const neither = cannotRetrieve(address, { ...both, canMove: false, canGet: false });
    expect(neither?.message).toContain('neither C-MOVE nor C-GET to BROKER');
    const moveOnly = { ...both, canGet: false };
    const get = cannotRetrieve({ ...address, retrieveMethod: 'get' }, moveOnly);
    expect(get?.message).toContain('does not offer C-GET');
    expect(get?.remedy).toContain('It offers C-MOVE');
  });
});

describe('the settings that fit', () => {
  it('are the address and the way in which images are fetched', () => {
    expect(suggestedChanges(address, both)).toEqual({
      'qido.remote_ae': 'MAIN-PACS',
      'qido.remote_host': '10.1.2.3',
      'qido.remote_port': 104,
      'qido.local_ae': 'BROKER',
      'wado.remote_ae': 'MAIN-PACS',
      'wado.remote_host': '10.1.2.3',
      'wado.remote_port': 104,
      'wado.local_ae': 'BROKER',
      'wado.retrieve_method': 'auto',
    });
  });

  it.each([
    ['auto', both, 'c-get', 'c-get'],
    ['auto', both, 'c-move', 'auto'],
    ['auto', { ...both, canMove: false }, undefined, 'c-get'],
    ['move', both, 'c-move', 'c-move'],
    ['get', both, undefined, 'c-get'],
    ['auto', { ...both, canMove: false, canGet: false }, undefined, undefined],
  ] as const)('chosen %s, able %j, shown to work %s: %s', (retrieveMethod, abilities, works, method) => {
    const changes = suggestedChanges({ ...address, retrieveMethod }, abilities, works);
    expect(changes['wado.retrieve_method']).toBe(method);
  });

  it('belong to the archive where it is another than the first', () => {
    const changes = suggestedChanges({ ...address, name: 'second' }, both);
    expect(Object.keys(changes).every((property) => property.startsWith('archives.second.'))).toBe(true);
  });
});
