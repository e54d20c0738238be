/** Ends a test run with its slowest files, and with one line for scripts: `N passed, N failed`. */
import * as path from 'node:path';
import type { Reporter, TestModule, SerializedError } from 'vitest/node';

const SLOWEST_SHOWN = 15;

/** A file that cannot be loaded counts as one failure, and so does an error outside any test. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string): number => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length;
    const skipped = count('skipped');
    // At exit, so that this comes after the summary of the default reporter.
    process.once('exit', () => {
      const rest = skipped === 0 ? '' : `, ${skipped} skipped`;
      process.stdout.write(timesOf(modules.map(fileTime)));
      process.stdout.write(`${count('passed')} passed, ${count('failed') + broken} failed${rest}\n`);
    });
  }
}

export interface FileTime {
  readonly project: string;
  readonly file: string;
  readonly ms: number;
}

/** The time of the file's tests, its hooks and its loading. */
function fileTime(module: TestModule): FileTime {
  const { duration, collectDuration, setupDuration } = module.diagnostic();
  const file = path.relative(process.cwd(), module.moduleId);
  return { project: module.project.name, file, ms: duration + collectDuration + setupDuration };
}

/** One line for each of the slowest files, and one for the total of each project. */
export function timesOf(files: readonly FileTime[]): string {
  const byProject = new Map<string, number>();
  for (const { project, ms } of files) byProject.set(project, (byProject.get(project) ?? 0) + ms);
  const slowest = files.toSorted((a, b) => b.ms - a.ms).slice(0, SLOWEST_SHOWN);
  const lines = [
    'Slowest files:',
    ...slowest.map(({ file, ms }) => `  ${seconds(ms)}  ${file}`),
    'Files of each project together:',
    ...[...byProject].toSorted(([, a], [, b]) => b - a).map(([name, ms]) => `  ${seconds(ms)}  ${name}`),
  ];
  return `${lines.join('\n')}\n\n`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`.padStart(8);
