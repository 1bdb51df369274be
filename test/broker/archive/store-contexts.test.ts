import { expect, test } from 'vitest';
import { StoreContexts } from '../../../broker/archive/store-contexts.ts';
import { explicitVrLittleEndian, implicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';

const jpeg = '1.2.840.10008.1.2.4.50';

test('each class is proposed in its own syntax and in those that every archive takes, one context each', () => {
  const contexts = new StoreContexts();
  contexts.add('1.2', jpeg);
  expect(contexts.proposal()).toEqual([
    { id: 1, abstractSyntax: '1.2', transferSyntaxes: [jpeg] },
    { id: 3, abstractSyntax: '1.2', transferSyntaxes: [explicitVrLittleEndian] },
    { id: 5, abstractSyntax: '1.2', transferSyntaxes: [implicitVrLittleEndian] },
  ]);
});

test('however many classes and syntaxes there were, an association gets no more than it can have', () => {
  const contexts = new StoreContexts();
  for (let index = 0; index < 300; index++) contexts.add(`1.2.${index % 100}`, `${jpeg}.${index}`);
  const proposal = contexts.proposal();
  expect(proposal.length).toBeLessThanOrEqual(128);
  expect(proposal[0]).toMatchObject({ abstractSyntax: '1.2.99', transferSyntaxes: [`${jpeg}.299`] });
  expect(new Set(proposal.map(({ id }) => id)).size).toBe(proposal.length);
});
