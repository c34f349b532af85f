import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a test run with one line: `N passed, N failed, N skipped`. A file that could not be collected, an error outside
 * any test and a run without a single test count as failed.
 */
class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    for (const module of modules) {
      let tests = 0;
      for (const test of module.children.allTests()) {
        tests += 1;
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state] += 1;
        else counts.skipped += 1;
      }
      if (module.state() === 'failed' && (tests === 0 || module.errors().length > 0)) counts.failed += 1;
    }
    if (counts.passed + counts.failed === 0) {
      counts.failed += 1;
      process.stderr.write('no test ran\n');
    }
    if (counts.failed > 0) process.exitCode = 1;
    process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
  }
}

// Vitest takes a reporter's file by its default export.
// oxlint-disable-next-line import/no-default-export
export default ClosingLineReporter;
