/** Builds the Temporal CLI from its Go module. This takes minutes, so it is the last resort. */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath, runCommand } from '../command.ts';
import { say, withProgress } from '../progress.ts';

const CLI_MODULE = 'github.com/temporalio/cli';
/** The first version of Go that has `go get -tool`. */
const GO_MINOR_NEEDED = 24;

/** Later versions need a module that is not published. */
export const MODULE_VERSION = 'v1.5.1';

/** Builds in a separate module and moves the complete program to `target`. False without a suitable Go. */
export async function buildFromModule(folder: string, target: string): Promise<boolean> {
  const go = usableGo();
  if (go === undefined) return false;
  say(`  Temporal cannot be downloaded; building ${CLI_MODULE} ${MODULE_VERSION} (a few minutes, once).`);
  const work = fs.mkdtempSync(path.join(folder, 'build-'));
  const options = { cwd: work, logFile: path.join(folder, 'build.log'), env: { CGO_ENABLED: '0', GOWORK: 'off' } };
  await withProgress(`fetching the sources of Temporal ${MODULE_VERSION}`, async () => {
    await runCommand(go, ['mod', 'init', 'longshore.local/temporal'], options);
    await runCommand(go, ['get', '-tool', `${CLI_MODULE}/cmd/temporal@${MODULE_VERSION}`], options);
  });
  await withProgress(`building Temporal ${MODULE_VERSION}`, () =>
    runCommand(go, ['build', '-o', 'temporal', `${CLI_MODULE}/cmd/temporal`], options),
  );
  fs.renameSync(path.join(work, 'temporal'), target);
  fs.rmSync(work, { recursive: true, force: true });
  return true;
}

function usableGo(): string | undefined {
  const go = findOnPath('go') ?? ['/usr/local/go/bin/go', '/usr/lib/go/bin/go'].find((file) => fs.existsSync(file));
  if (go === undefined) return undefined;
  const minor = /go1\.(\d+)/.exec(execFileSync(go, ['version'], { stdio: 'pipe' }).toString())?.[1];
  return Number(minor ?? 0) >= GO_MINOR_NEEDED ? go : undefined;
}
