/** The versions of the agent on a host, in real folders: whole or not there, wherever the process was cut off. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeptVersions } from '../../../../agent/update/kept-versions.ts';
import { buildName } from '../../../../model/agent-update.ts';
import { readAgentBuild } from '../../../../tools/agent-package/build.ts';
import { smallTree } from './small-tree.ts';

let folder: string;
let tree: string;
let versions: KeptVersions;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-versions-'));
  tree = smallTree(join(folder, 'tree'), '1.1.0');
  versions = new KeptVersions(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const there = (): string[] => readdirSync(join(folder, 'versions')).sort();
const copy = (into: string): Promise<void> => {
  cpSync(tree, into, { recursive: true });
  return Promise.resolve();
};
const put = (name: string): void => {
  mkdirSync(join(folder, 'versions', name, 'cli'), { recursive: true });
  writeFileSync(versions.entryOf(name), '');
};

it('adds a version, which is then there to be started', async () => {
  const build = readAgentBuild(tree);
  expect(versions.has(buildName(build))).toBe(false);
  await versions.add(build, copy);
  expect(versions.has(buildName(build))).toBe(true);
  expect(there()).toEqual([buildName(build)]);
});

it.each<[string, (into: string) => Promise<void>, RegExp]>([
  ['the disk is full', () => Promise.reject(new Error('ENOSPC: no space left on device')), /ENOSPC/],
  [
    'a source file is another one',
    async (into) => {
      await copy(into);
      writeFileSync(join(into, 'cli', 'agent-child.ts'), 'export const main = 2;');
    },
    /The package holds 1\.1\.0-[0-9a-f]{12} and not /,
  ],
  [
    'a source file is missing',
    async (into) => {
      await copy(into);
      rmSync(join(into, 'cli', 'agent-child.ts'));
    },
    /ENOENT/,
  ],
])('adds nothing when %s', async (_when, unpack, message) => {
  await expect(versions.add(readAgentBuild(tree), unpack)).rejects.toThrow(message);
  expect(there()).toEqual([]);
});

it('knows no version of which the process was killed before it was whole, and takes up none of its files', async () => {
  const build = readAgentBuild(tree);
  // As a kill leaves it: the folder under its partial name, half full.
  mkdirSync(join(folder, 'versions', `${buildName(build)}.d.partial`, 'cli'), { recursive: true });
  writeFileSync(join(folder, 'versions', `${buildName(build)}.d.partial`, 'cli', 'stale.ts'), '');
  expect(versions.has(buildName(build))).toBe(false);
  await versions.add(build, copy);
  expect(existsSync(join(folder, 'versions', buildName(build), 'cli', 'stale.ts'))).toBe(false);
  expect(there()).toEqual([buildName(build)]);
});

it('keeps the versions of its note and the one that runs, and nothing that was cut off', () => {
  for (const name of ['1-a', '2-b', '3-c', '4-d']) put(name);
  mkdirSync(join(folder, 'versions', '9-f.d.partial'));
  versions.keep({ own: '0-0', current: '2-b', previous: '1-a' });
  expect(versions.file('5-e', '3-c')).toBe(join(folder, 'versions', '5-e.partial'));
  expect(there()).toEqual(['1-a', '2-b', '3-c', 'running.json']);
});

it('removes what a new note leaves out of the one before, and nothing else', () => {
  for (const name of ['1-a', '2-b', '3-c']) put(name);
  versions.keep({ own: '0-0', current: '2-b', previous: '1-a' });
  writeFileSync(join(folder, 'versions', '4-d.partial'), '');
  versions.keep({ own: '0-0', current: '3-c', previous: '2-b' });
  expect(there()).toEqual(['2-b', '3-c', '4-d.partial', 'running.json']);
  expect(versions.note()).toEqual({ own: '0-0', current: '3-c', previous: '2-b' });
});

it.each(['', '{', '{"current":"x"}', '[]'])('has no note where the file holds %s', (text) => {
  mkdirSync(join(folder, 'versions'));
  writeFileSync(join(folder, 'versions', 'running.json'), text);
  expect(versions.note()).toBeUndefined();
});
