import { readFileSync } from 'node:fs';
import { ORPCError } from '@orpc/server';
import { expect, test } from 'vitest';
import { trouble } from '../../../broker/control/contract/gateway-state.ts';
import { brokerErrorOf, controlError } from '../../../broker/control/control-problem.ts';
import { BrokerError, errorCodes } from '../../../broker/domain/errors.ts';

const documentation = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

test.each(errorCodes)('%s is mapped to the status that docs/errors.md states for the control API', (code) => {
  const row = new RegExp(`^\\| \`${code}\` +\\| [^|]+\\| +(\\d{3}) +\\|`, 'm').exec(documentation);
  expect(String(controlError(new BrokerError(code, 'x')).status)).toBe(row?.[1]);
});

test('code, message, remedy and DIMSE status come as data', () => {
  const error = controlError(
    new BrokerError('archive-refused', 'It does not know us.', {
      dimseStatus: 0xa801,
      remedy: 'Register us.',
    }),
  );
  expect(error.toJSON()).toMatchObject({
    code: 'archive-refused',
    status: 502,
    message: 'It does not know us.',
    data: {
      message: 'It does not know us.',
      remedy: 'Register us.',
      code: 'archive-refused',
      dimseStatus: '0xA801',
    },
  });
  expect(trouble.safeParse(error.data).success).toBe(true);
});

test('what failed within stays within', () => {
  const json = JSON.stringify(
    controlError(new BrokerError('internal', 'secret /path', { remedy: 'x' })).toJSON(),
  );
  expect(json).not.toContain('secret');
});

test('an input that does not fit is told by field', () => {
  const error = brokerErrorOf(
    new ORPCError('BAD_REQUEST', { data: { issues: [{ message: 'Too big', path: ['address', 'port'] }] } }),
  );
  expect(error).toMatchObject({ code: 'bad-request', message: 'address.port is wrong: Too big.' });
});
