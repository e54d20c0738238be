/** A Python environment with the unmodified AWS clients that the conformance tests drive, and with moto for the bench. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath, runCommand } from './command.ts';
import { installPackages } from './embedded/docker.ts';
import { withProgress } from './progress.ts';
import { readSettings, SetupError } from './settings.ts';

const AWS_CLIENTS = ['awscli==1.46.2', 'boto3==1.44.5'];
const BENCH_ONLY = ['moto[server]==5.2.5'];

export interface PythonEnvironment {
  /** The absolute path of a program in the environment: `python`, `aws`, `moto_server`. */
  program(name: string): string;
}

/** Makes the environment on the first use, and again when the pinned versions change. */
export async function pythonEnvironment(purpose: 'clients' | 'bench' = 'clients'): Promise<PythonEnvironment> {
  const packages = purpose === 'bench' ? [...AWS_CLIENTS, ...BENCH_ONLY] : AWS_CLIENTS;
  const digest = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const root = path.join(readSettings(process.env).cacheDir, 'python');
  const folder = path.join(root, `${purpose}-${digest}`);
  const complete = path.join(folder, 'complete');
  if (!fs.existsSync(complete)) {
    await withProgress(`installing ${packages.join(', ')} (pip)`, () => build(folder, packages));
    fs.writeFileSync(complete, `${packages.join('\n')}\n`);
  }
  return { program: (name) => path.join(folder, 'bin', name) };
}

async function build(folder: string, packages: readonly string[]): Promise<void> {
  const logFile = `${folder}.log`;
  const python = findOnPath('python3');
  if (python === undefined || spawnSync(python, ['-c', 'import venv, ensurepip']).status !== 0) {
    if (process.getuid?.() !== 0 || findOnPath('apt-get') === undefined) {
      throw new SetupError(
        'Python 3 with its venv module is missing (Debian and Ubuntu: apt-get install python3-venv).',
      );
    }
    await installPackages(['python3-venv'], path.dirname(folder));
  }
  fs.rmSync(folder, { recursive: true, force: true });
  await runCommand(findOnPath('python3') ?? 'python3', ['-m', 'venv', folder], { logFile });
  await runCommand(path.join(folder, 'bin', 'pip'), ['install', '--quiet', ...packages], { logFile });
}
