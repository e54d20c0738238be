/** A copy of the source tree as another version of Longshore. Its packages are this one's. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OWN_ROOT } from '../../tools/agent-package/build.ts';

const PARTS = [
  ...['activities', 'agent', 'api', 'certificates', 'cli', 'model', 'scheduler', 'simulation', 'store', 'tools'],
  ...['worker', 'workflows', 'package.json', 'package-lock.json', 'tsconfig.json'],
];

export interface TreeCopy {
  /** Its folder. */
  readonly root: string;
  readonly version: string;
  /** Puts another text in the place of the file's. */
  write(file: string, text: string): Promise<void>;
  remove(): Promise<void>;
}

export async function copyTree(version: string): Promise<TreeCopy> {
  const root = await mkdtemp(join(tmpdir(), 'longshore-tree-'));
  await Promise.all(PARTS.map((part) => cp(join(OWN_ROOT, part), join(root, part), { recursive: true })));
  await symlink(join(OWN_ROOT, 'node_modules'), join(root, 'node_modules'));
  const facts = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object;
  await writeFile(join(root, 'package.json'), JSON.stringify({ ...facts, version }));
  return {
    root,
    version,
    write: (file, text) => writeFile(join(root, file), text),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
