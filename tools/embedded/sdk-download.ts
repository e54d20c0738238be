/**
 * Temporal's SDK can download the dev server and the time-skipping test server, but only by starting them. The download
 * runs in a child process, so that a download that hangs can be abandoned. The child process runs this file with
 * `dev-server` or `time-skipping` and the folder for the download.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { becomes } from '../process.ts';

type Download = 'dev-server' | 'time-skipping';

/** Without a byte for this long, the download is out of reach, and the next source is tried. */
const SILENCE_LIMIT_MS = 10_000;
const TOTAL_LIMIT_MS = 10 * 60_000;

/** The path of the downloaded executable. Undefined when the download fails. */
export async function downloadWithSdk(what: Download, folder: string): Promise<string | undefined> {
  fs.mkdirSync(folder, { recursive: true });
  const before = new Set(fs.readdirSync(folder));
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(import.meta.url), what, folder], {
    stdio: 'ignore',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  const outcome: { code?: number | null } = {};
  child.once('error', () => (outcome.code = null));
  child.once('exit', (code) => (outcome.code = code));
  let bytes = 0;
  let lastChange = performance.now();
  await becomes(() => {
    const now = folderBytes(folder);
    if (now !== bytes) lastChange = performance.now();
    bytes = now;
    return outcome.code !== undefined || performance.now() - lastChange > SILENCE_LIMIT_MS;
  }, TOTAL_LIMIT_MS);
  if (outcome.code === undefined) child.kill('SIGKILL');
  if (outcome.code !== 0) return undefined;
  const made = fs.readdirSync(folder).find((name) => !before.has(name) && !name.endsWith('.downloading'));
  return made === undefined ? undefined : path.join(folder, made);
}

const folderBytes = (folder: string): number =>
  fs.readdirSync(folder).reduce((sum, name) => {
    const stat = fs.statSync(path.join(folder, name), { throwIfNoEntry: false });
    return sum + (stat?.size ?? 0) + 1;
  }, 0);

async function download(what: string | undefined, downloadDir: string): Promise<void> {
  // Imported here, since it is large and only this child process needs it. If it is absent, the next source is tried.
  // eslint-disable-next-line import-x/no-extraneous-dependencies
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const executable = { type: 'cached-download', downloadDir } as const;
  const environment =
    what === 'dev-server'
      ? await TestWorkflowEnvironment.createLocal({ server: { executable } })
      : await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  await environment.teardown();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , what, folder = ''] = process.argv;
  await download(what, folder).catch(() => process.exit(1));
  process.exit(0);
}
