/** Other releases of Node.js that Longshore supports, for tests: the programs come from npm packages. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findOnPath, runCommand } from './command.ts';
import { withProgress } from './progress.ts';
import { readSettings, SetupError } from './settings.ts';

/** One release of each supported line above the oldest line. */
export const OTHER_NODE_RELEASES: readonly string[] = ['22.23.5', '24.22.3'];

/** The absolute path of the release's `node`. The first use fetches it with npm. */
export async function nodeExecutable(release: string): Promise<string> {
  const root = path.join(readSettings(process.env).cacheDir, 'node');
  const name = `node-${process.platform}-${process.arch}`;
  const target = path.join(root, `${name}-${release}`);
  if (!fs.existsSync(target))
    await withProgress(`fetching Node.js ${release} (npm)`, () => fetch(name, release, target));
  return target;
}

async function fetch(name: string, release: string, target: string): Promise<void> {
  const npm = findOnPath('npm');
  if (npm === undefined) throw new SetupError('npm is missing. It comes with Node.js: put it on PATH.');
  const root = path.dirname(target);
  fs.mkdirSync(root, { recursive: true });
  const work = fs.mkdtempSync(path.join(root, 'unpack-'));
  try {
    const options = ['--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
    await runCommand(npm, ['install', '--prefix', work, ...options, `${name}@${release}`], {
      cwd: work,
      logFile: path.join(root, 'npm.log'),
    });
    fs.renameSync(path.join(work, 'node_modules', name, 'bin', 'node'), target);
  } finally {
    fs.rmSync(work, { recursive: true, force: true });
  }
}
