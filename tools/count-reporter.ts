/** Ends a test run with where its time went, and one line that scripts can read: `N passed, N failed`. */
import * as path from 'node:path';
import type { Reporter, TestModule, SerializedError } from 'vitest/node';

const SLOWEST_SHOWN = 15;

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

/** Tests, hooks and the loading of the file. */
function fileTime(module: TestModule): FileTime {
  const { duration, collectDuration, setupDuration } = module.diagnostic();
  const file = path.relative(process.cwd(), module.moduleId);
  return { project: module.project.name, file, ms: duration + collectDuration + setupDuration };
}

/** The slowest files and what each project took in all, a line each. */
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
