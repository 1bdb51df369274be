import { describe, expect, it } from 'vitest';
import { countTests } from '../../build/test-counts.ts';

function report(...files: (readonly [status: string, ...tests: string[]])[]): string {
  return JSON.stringify({
    testResults: files.map(([status, ...tests]) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });
}

describe('countTests', () => {
  it('counts tests of all files', () => {
    const text = report(['passed', 'passed', 'passed'], ['failed', 'passed', 'failed', 'skipped', 'todo']);
    expect(countTests(text, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it('counts a file that could not be loaded as one failed test', () => {
    expect(countTests(report(['failed'], ['passed', 'passed']), 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
  });

  it('counts a failure outside the tests as one failed test', () => {
    expect(countTests(report(['passed', 'passed']), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
    expect(countTests(report(['passed', 'passed']), null)).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it.each([undefined, '', '{"testResults":'])('counts a run without a report (%j) as failed', (text) => {
    expect(countTests(text, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
