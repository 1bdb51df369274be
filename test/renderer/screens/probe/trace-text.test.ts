import { expect, it } from 'vitest';
import { traceText } from '../../../../renderer/screens/probe/trace-text.ts';

it('writes a trace in lines that can be sent to somebody', () => {
  const text = traceText([
    { atMs: 0, direction: 'sent', name: 'A-ASSOCIATE-RQ', detail: 'BROKER calls MAIN-PACS' },
    { atMs: 12.34, direction: 'received', name: 'A-ASSOCIATE-AC', detail: '' },
  ]);
  expect(text).toBe('      0.0 ms -> A-ASSOCIATE-RQ BROKER calls MAIN-PACS\n     12.3 ms <- A-ASSOCIATE-AC');
});
