/** Ends a test run with one line that scripts can read: `N passed, N failed`. */
import type { Reporter, TestModule, SerializedError } from 'vitest/node';

/** A file that cannot be loaded and an error outside any test count as one failure each. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const skipped = count('skipped');
    // After the default reporter's own summary.
    process.once('exit', () => {
      const rest = skipped === 0 ? '' : `, ${skipped} skipped`;
      process.stdout.write(`${count('passed')} passed, ${count('failed') + broken} failed${rest}\n`);
    });
  }
}
