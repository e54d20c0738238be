/** Packs the agent's source files and packages into a gzipped tar. The same tree gives the same bytes. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-fs';
import type { AgentParts } from './build.ts';

/** Natives of the Temporal SDK are in one folder for each platform. */
const NATIVES = 'node_modules/@temporalio/core-bridge/releases/';
const NATIVE_OF: Readonly<Record<string, string>> = {
  'linux-x64': 'x86_64-unknown-linux-gnu',
  'linux-arm64': 'aarch64-unknown-linux-gnu',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
};
/** No program reads them. */
const FOR_PEOPLE = /\.(?:d\.[cm]?ts|map|md)$/;
/** A third of the time of the usual level, for a tenth more bytes. */
const LEVEL = 2;
/** The agent's files belong to the user who runs it, and nobody else may write them. */
const MODE = 0o755;

/** Writes the file. `platform`: as Node.js names it, `linux-x64`. Rejects if the tree cannot be read or the disk is full. */
export async function packAgent(
  {
    root,
    platform,
    ...parts
  }: Pick<AgentParts, 'files' | 'packages'> & { readonly root: string; readonly platform: string },
  file: string,
): Promise<void> {
  const entries = [...parts.files, ...(await filesOf(root, parts.packages))]
    .filter((entry) => isNeeded(entry, platform))
    .sort();
  const archive = pack(path.resolve(root), {
    entries,
    map: (header) => {
      header.mode = MODE;
      header.mtime = new Date(0);
      header.uid = header.gid = 0;
      return header;
    },
  });
  await pipeline(archive, createGzip({ level: LEVEL }), fs.createWriteStream(file, { mode: 0o600, flush: true }));
}

function isNeeded(entry: string, platform: string): boolean {
  if (entry.startsWith(NATIVES)) return entry.startsWith(`${NATIVES}${NATIVE_OF[platform] ?? '?'}/`);
  return !FOR_PEOPLE.test(entry);
}

/** The files of the packages that are installed, without those of packages inside them: these are named for themselves. */
async function filesOf(root: string, packages: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  const waiting = packages.filter((folder) => fs.existsSync(path.join(root, folder)));
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop())
    for (const entry of await fs.promises.readdir(path.join(root, folder), { withFileTypes: true })) {
      const name = `${folder}/${entry.name}`;
      if (entry.isFile()) files.push(name);
      else if (entry.isDirectory() && entry.name !== 'node_modules') waiting.push(name);
    }
  return files;
}
