/** The reporter of test durations. */
import { expect, it } from 'vitest';
import { type FileTime, timesOf } from '../../../tools/count-reporter.ts';

const file = (project: string, name: string, ms: number): FileTime => ({ project, file: name, ms });

it('prints the slowest files, and the total time of each project', () => {
  const files = [file('unit', 'a.test.ts', 400), file('docker', 'b.test.ts', 61_500), file('unit', 'c.test.ts', 900)];
  expect(timesOf(files)).toBe(
    [
      'Slowest files:',
      '    61.5 s  b.test.ts',
      '     0.9 s  c.test.ts',
      '     0.4 s  a.test.ts',
      'Files of each project together:',
      '    61.5 s  docker',
      '     1.3 s  unit',
      '',
      '',
    ].join('\n'),
  );
});

it('prints at most the fifteen slowest', () => {
  const files = Array.from({ length: 20 }, (_, i) => file('unit', `f${i}.test.ts`, i));
  expect(timesOf(files)).toContain('f5.test.ts');
  expect(timesOf(files)).not.toContain('f4.test.ts');
});
