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
const both = {
  canMove: true,
  canGet: true,
  relationalQueries: 'unknown',
  canMatchFuzzy: false,
} as const;

describe('what an archive was found to support', () => {
  it('is told in words', () => {
    expect(capabilitiesDetail(both)).toBe('Images by C-MOVE or C-GET.');
    expect(
      capabilitiesDetail({
        ...both,
        canMove: false,
        relationalQueries: 'yes',
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
      'qido.relational_queries': 'auto',
    });
  });

  it('leave out relational queries where the archive says that it has none', () => {
    const suggested = (relationalQueries: 'yes' | 'no' | 'unknown') =>
      suggestedChanges(address, { ...both, relationalQueries })['qido.relational_queries'];
    expect([suggested('yes'), suggested('unknown'), suggested('no')]).toEqual(['auto', 'auto', 'no']);
  });

  it.each([
    ['ISO_IR 100', 'ISO_IR 100'],
    ['ISO-IR 192', 'ISO_IR 192'],
    ['\\ISO 2022 IR 87', '\\ISO 2022 IR 87'],
    ['KLINGON', undefined],
    ['ISO_IR 100\\', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('have the character set of answers in %j as %j', (characterSet, suggested) => {
    const abilities = characterSet === undefined ? both : { ...both, characterSet };
    expect(suggestedChanges(address, abilities)['qido.character_set']).toBe(suggested);
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
