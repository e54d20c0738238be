/** Finds or makes the `temporal` program for the embedded dev server; see docs/settings.md for the order. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath, runCommand } from '../command.ts';
import { say, withProgress } from '../progress.ts';
import { SetupError } from '../settings.ts';
import { downloadWithSdk } from './sdk-download.ts';

const CLI_MODULE = 'github.com/temporalio/cli';
/** Later ones need a module that is not published. */
const CLI_VERSION = 'v1.5.1';
/** `go get -tool` came with this version of Go. */
const GO_MINOR_NEEDED = 24;

/** The first of: `temporal` on PATH, the cached one, the SDK's download, a build from its Go module. */
export async function temporalExecutable(cacheDir: string): Promise<string> {
  const onPath = findOnPath('temporal');
  if (onPath !== undefined) return onPath;
  const folder = path.join(cacheDir, 'temporal', CLI_VERSION);
  const cached = path.join(folder, 'temporal');
  if (fs.existsSync(cached)) return cached;
  fs.mkdirSync(folder, { recursive: true });
  const downloaded = await withProgress('downloading Temporal', () =>
    downloadWithSdk('dev-server', path.join(folder, 'download')),
  );
  if (downloaded === undefined) return buildFromModule(folder, cached);
  fs.renameSync(downloaded, cached);
  return cached;
}

/** Builds in a module of its own and moves the result into place when it is whole. */
async function buildFromModule(folder: string, target: string): Promise<string> {
  const go = usableGo();
  if (go === undefined) {
    throw new SetupError(
      'Temporal is missing, and it could be neither downloaded nor built here. Do one of these:\n' +
        '  - install the Temporal CLI so that `temporal` is on PATH (https://docs.temporal.io/cli)\n' +
        `  - install Go 1.${GO_MINOR_NEEDED} or later, with which Longshore builds it\n` +
        '  - set TEMPORAL_ADDRESS to a Temporal server of your own',
    );
  }
  say(`  Temporal cannot be downloaded here: building ${CLI_MODULE} ${CLI_VERSION} (a few minutes, once).`);
  const work = fs.mkdtempSync(path.join(folder, 'build-'));
  const options = { cwd: work, logFile: path.join(folder, 'build.log'), env: { CGO_ENABLED: '0', GOWORK: 'off' } };
  await withProgress(`fetching the sources of Temporal ${CLI_VERSION}`, async () => {
    await runCommand(go, ['mod', 'init', 'longshore.local/temporal'], options);
    await runCommand(go, ['get', '-tool', `${CLI_MODULE}/cmd/temporal@${CLI_VERSION}`], options);
  });
  await withProgress(`building Temporal ${CLI_VERSION}`, () =>
    runCommand(go, ['build', '-o', 'temporal', `${CLI_MODULE}/cmd/temporal`], options),
  );
  fs.renameSync(path.join(work, 'temporal'), target);
  fs.rmSync(work, { recursive: true, force: true });
  return target;
}

function usableGo(): string | undefined {
  const go = findOnPath('go') ?? ['/usr/local/go/bin/go', '/usr/lib/go/bin/go'].find((file) => fs.existsSync(file));
  if (go === undefined) return undefined;
  const minor = /go1\.(\d+)/.exec(execFileSync(go, ['version'], { stdio: 'pipe' }).toString())?.[1];
  return Number(minor ?? 0) >= GO_MINOR_NEEDED ? go : undefined;
}
