/** `npm test`: prepares every real part that the tests need, then runs all tests. Passes its arguments to vitest. */
import { spawn } from 'node:child_process';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOnPath } from '../../tools/command.ts';
import { installPackages } from '../../tools/embedded/docker.ts';
import { temporalExecutable } from '../../tools/embedded/temporal-executable.ts';
import { timeSkippingServerPath } from '../../tools/embedded/time-skipping.ts';
import { nodeExecutable, OTHER_NODE_RELEASES } from '../../tools/node-releases.ts';
import { say } from '../../tools/progress.ts';
import { pythonEnvironment } from '../../tools/python.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { awaitStopSignal } from '../shutdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Ends the process with vitest's exit code. */
export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  say('Preparing the servers and programs that the tests need');
  await prepareEngine();
  await temporalExecutable(settings.cacheDir);
  await timeSkippingServerPath();
  await pythonEnvironment();
  for (const release of OTHER_NODE_RELEASES) await nodeExecutable(release);
  process.exit(await runVitest(args));
}

/** Checks for root and the programs: tests start their own Docker engines in network namespaces and never use the user's engine. */
async function prepareEngine(): Promise<void> {
  const needed = { dockerd: 'docker.io', iptables: 'iptables', ip: 'iproute2' };
  const missing = Object.entries(needed).filter(([program]) => findOnPath(program) === undefined);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new SetupError(
      'The tests start their own Docker engines in network namespaces: run them as root on Linux.\n' +
        '  Without root, npm run test:unit tests the pure core.',
    );
  }
  if (missing.length === 0) return;
  if (findOnPath('apt-get') === undefined) {
    throw new SetupError(`The tests need ${missing.map(([program]) => program).join(', ')}: install what is missing.`);
  }
  const packages = missing.map(([, name]) => name);
  await installPackages(packages, path.join(os.tmpdir(), 'longshore-test-logs'));
}

function runVitest(args: readonly string[]): Promise<number> {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${path.join(root, 'tools', 'count-reporter.ts')}`];
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: testEnvironment(),
  });
  void awaitStopSignal().then((signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Leaves out the settings of the user's shell: tests choose their own ports, folders and servers. */
function testEnvironment(): NodeJS.ProcessEnv {
  const own = /^(LONGSHORE_(?!TEST_)|AWS_|TEMPORAL_|DATABASE_URL$|DOCKER_HOST$)/;
  const kept = Object.entries(process.env).filter(([name]) => !own.test(name));
  return Object.fromEntries(kept);
}
