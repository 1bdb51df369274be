/** Tests of one check that passed, failed and were not run. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is read of the report that vitest's JSON reporter writes. */
interface TestReport {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Counts the tests of a vitest run. What went wrong outside a test counts as one that failed: a file that
 * could not be loaded, an unhandled error, a crash before there was a report.
 * @param report text of the JSON report, or undefined where there is none
 */
export function countTests(report: string | undefined, exitCode: number | null): TestCounts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of readReport(report)?.testResults ?? []) {
    const statuses = file.assertionResults.map(({ status }) => status);
    const failed = statuses.filter((status) => status === 'failed').length;
    const passed = statuses.filter((status) => status === 'passed').length;
    counts.passed += passed;
    counts.failed += failed === 0 && file.status === 'failed' ? 1 : failed;
    counts.skipped += statuses.length - passed - failed;
  }
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function readReport(text: string | undefined): TestReport | undefined {
  try {
    return text === undefined ? undefined : (JSON.parse(text) as TestReport);
  } catch {
    return undefined;
  }
}
