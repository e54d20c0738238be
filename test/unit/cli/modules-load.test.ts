/**
 * Every module of the product loads in Node itself. Vitest's loader and the type checker accept a named import of a
 * CommonJS package that Node refuses, so no other test sees one before it starts a whole Longshore.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Excludes workflows/, which only Temporal's bundle loads. */
const FOLDERS = ['activities', 'agent', 'api', 'certificates', 'cli', 'simulation', 'store', 'tools', 'worker'];

const modulesIn = (folder: string): string[] =>
  readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `./${folder}/${name}`);

it('loads every module outside vitest', { timeout: 60_000 }, () => {
  const script = `for (const file of ${JSON.stringify(FOLDERS.flatMap(modulesIn))}) await import(file);
    process.stdout.write('loaded');
    process.exit(0);`;
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(output).toBe('loaded');
});
