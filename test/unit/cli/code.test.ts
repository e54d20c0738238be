import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';

const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const LOADERS = ['esbuild', '@esbuild', 'tsx', 'get-tsconfig', 'resolve-pkg-maps'];

let tree: string;
const write = (file: string, text: string): void => fs.writeFileSync(join(tree, file), text);
const run = (): string => execFileSync(process.execPath, [join(tree, 'cli/run.mjs')], { encoding: 'utf8' }).trim();
const bundles = (): string[] => {
  const folder = join(tree, 'node_modules/.cache/longshore/program');
  return fs.readdirSync(folder).filter((name) => name !== 'sources.json');
};

beforeEach(() => {
  // macOS names its folder of temporary files by a link.
  tree = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'longshore-code-')));
  for (const folder of ['cli', 'other', 'node_modules']) fs.mkdirSync(join(tree, folder));
  for (const name of LOADERS.filter((each) => fs.existsSync(join(REPOSITORY, 'node_modules', each))))
    fs.symlinkSync(join(REPOSITORY, 'node_modules', name), join(tree, 'node_modules', name));
  fs.copyFileSync(join(REPOSITORY, 'cli/code.mjs'), join(tree, 'cli/code.mjs'));
  write('tsconfig.json', '{}');
  write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=20.19' } }));
  write(
    'cli/run.mjs',
    `import { loadCode } from './code.mjs';\nconst { main } = await loadCode(new URL('program.ts', import.meta.url));\nawait main();\n`,
  );
  write(
    'cli/program.ts',
    `import { say } from '../other/say.ts';\nexport const main = async (): Promise<void> => say((await import('../other/late.ts')).late as string);\n`,
  );
  write('other/late.ts', `export const late = 'late one';\n`);
  write('other/say.ts', `export const say = (what: string): void => console.log(what, import.meta.url);\n`);
});
afterEach(() => fs.rmSync(tree, { recursive: true, force: true }));

it('a program runs, and each source is where it was', () => {
  expect(run()).toBe(`late one ${pathToFileURL(join(tree, 'other/say.ts')).href}`);
});

it('a bundle is used again until a source changes', () => {
  run();
  const first = bundles();
  run();
  expect(bundles()).toEqual(first);
  expect(first).toHaveLength(1);
  write('other/late.ts', `export const late = 'later two';\n`);
  expect(run()).toMatch(/^later two /);
  expect(bundles()).toHaveLength(2);
  write('other/late.ts', `export const late = 'late one';\n`);
  expect(run()).toMatch(/^late one /);
  expect(bundles()).toHaveLength(2);
});

it('a bundle that nobody started for a week goes when another is made', () => {
  run();
  const [old = ''] = bundles();
  const before = new Date(Date.now() - 8 * 24 * 3_600_000);
  fs.utimesSync(join(tree, 'node_modules/.cache/longshore/program', old), before, before);
  write('other/late.ts', `export const late = 'another';\n`);
  run();
  expect(bundles()).toHaveLength(1);
  expect(bundles()).not.toContain(old);
});

it('an error names the line of the source', () => {
  write('other/say.ts', `\n\nexport const say = (): void => console.log(new Error('here').stack);\n`);
  expect(run()).toContain(`${join(tree, 'other/say.ts')}:3:`);
});

it('processes that start at the same time all run', async () => {
  const started = Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, [join(tree, 'cli/run.mjs')]));
  for (const { stdout } of await Promise.all(started)) expect(stdout).toMatch(/^late one /);
  expect(bundles()).toHaveLength(1);
});

it('where nothing can be kept, the sources run', () => {
  write('node_modules/.cache', 'a file, where a folder would be');
  expect(run()).toMatch(/^late one /);
});

it('a source that cannot be read as TypeScript ends the start with its place', () => {
  write('other/late.ts', `export const late = ;\n`);
  expect(run).toThrow(/other\/late\.ts:1:20/);
});

it('a bundle whose files lost their contents is made again', () => {
  run();
  const [bundle = ''] = bundles();
  const file = join(tree, 'node_modules/.cache/longshore/program', bundle, 'program.js');
  fs.truncateSync(file, 0);
  expect(run()).toMatch(/^late one /);
  expect(fs.statSync(file).size).toBeGreaterThan(0);
});

it('a plain JavaScript source counts too, and so does the place of the tree', () => {
  write('other/plain.mjs', `export const plain = 1;\n`);
  write(
    'other/say.ts',
    `import { plain } from './plain.mjs';\nexport const say = (): void => console.log(plain, import.meta.url);\n`,
  );
  expect(run()).toMatch(/^1 /);
  write('other/plain.mjs', `export const plain = 2;\n`);
  expect(run()).toMatch(/^2 /);
  const moved = `${tree}-moved`;
  fs.renameSync(tree, moved);
  tree = moved;
  expect(run()).toBe(`2 ${pathToFileURL(join(tree, 'other/say.ts')).href}`);
});

it('a command whose code is not there fails when it is called, and no other', () => {
  write(
    'cli/program.ts',
    `export const main = (): Promise<unknown> => process.argv[2] === 'bench' ? import('../bench/main.ts') : Promise.resolve(console.log('fine'));\n`,
  );
  expect(run()).toBe('fine');
  expect(() => execFileSync(process.execPath, [join(tree, 'cli/run.mjs'), 'bench'], { stdio: 'pipe' })).toThrow(
    /bench\/main\.ts/,
  );
});
