/**
 * The local Docker engine: the one that DOCKER_HOST names or that listens on the usual socket. Otherwise, as root on
 * Debian or Ubuntu, this installs and starts an engine. That engine is detached: it and its containers outlive Longshore,
 * a Ctrl-C and a kill of Longshore's process group.
 */
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import Docker from 'dockerode';
import { findOnPath, lastLines, runCommand } from '../command.ts';
import { becomes, commandLine, isAlive } from '../process.ts';
import { withProgress } from '../progress.ts';
import { SetupError } from '../settings.ts';

const SOCKET = '/var/run/docker.sock';
const PID_FILE = '/var/run/docker.pid';
const START_PATIENCE_MS = 60_000;

export interface EngineSettings {
  /** The value of DOCKER_HOST, if it is set. */
  readonly dockerHost?: string;
  /** Takes the logs of the installation and of an engine that this starts. */
  readonly logDir: string;
}

/** Resolves to dockerode's options for an engine that answers. Rejects with advice when there is none. */
export async function ensureDocker(settings: EngineSettings): Promise<Docker.DockerOptions> {
  if (settings.dockerHost !== undefined) return answeringEngine(settings.dockerHost);
  const options = { socketPath: SOCKET };
  const problem = await pingProblem(options);
  if (problem === undefined) return options;
  if (/EACCES/.test(problem)) {
    throw new SetupError(
      `There is a Docker engine, but this user may not use ${SOCKET}.\n` +
        '  Add the user to the group docker (sudo usermod -aG docker $USER, then log in again), or run as root.',
    );
  }
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new SetupError(adviceForUser());
  await install(settings.logDir);
  await start(settings.logDir);
  return options;
}

/** Resolves to the options for a running engine: DOCKER_HOST's or the local one. Rejects when it does not answer. */
export async function answeringEngine(dockerHost: string | undefined): Promise<Docker.DockerOptions> {
  const options = dockerHost === undefined ? { socketPath: SOCKET } : dockerOptions(dockerHost);
  const problem = await pingProblem(options);
  if (problem === undefined) return options;
  const which = dockerHost === undefined ? SOCKET : `DOCKER_HOST=${dockerHost}`;
  throw new SetupError(`The Docker engine at ${which} does not answer: ${problem}`);
}

/** Reads `unix:///path` or `tcp://host:port`. The latter uses the client certificate in DOCKER_CERT_PATH if DOCKER_TLS_VERIFY is set. */
function dockerOptions(dockerHost: string): Docker.DockerOptions {
  if (dockerHost.startsWith('unix://')) return { socketPath: dockerHost.slice('unix://'.length) };
  const url = new URL(dockerHost.replace('tcp://', 'http://'));
  const address = { host: url.hostname, port: Number(url.port) };
  const folder = process.env['DOCKER_CERT_PATH'];
  if (!process.env['DOCKER_TLS_VERIFY'] || folder === undefined) return { ...address, protocol: 'http' };
  const pem = (name: string): Buffer => fs.readFileSync(path.join(folder, name));
  return { ...address, protocol: 'https', ca: pem('ca.pem'), cert: pem('cert.pem'), key: pem('key.pem') };
}

async function pingProblem(options: Docker.DockerOptions): Promise<string | undefined> {
  try {
    await new Docker({ ...options, timeout: 10_000 }).ping();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function adviceForUser(): string {
  return process.platform === 'linux'
    ? 'No Docker engine answers. Start it (sudo systemctl start docker), or install it (https://docs.docker.com/engine/install),\n' +
        '  or run this as root on Debian or Ubuntu, and Longshore installs and starts it; or set DOCKER_HOST.'
    : 'No Docker engine answers. Start Docker Desktop, or set DOCKER_HOST to an engine that this user may use.';
}

async function install(logDir: string): Promise<void> {
  const missing = [
    ...(findOnPath('dockerd') === undefined ? ['docker.io'] : []),
    ...(findOnPath('iptables') === undefined ? ['iptables'] : []),
  ];
  if (missing.length === 0) return;
  const release = fs.existsSync('/etc/os-release') ? fs.readFileSync('/etc/os-release', 'utf8') : '';
  if (!/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(release)) throw new SetupError(adviceForUser());
  await installPackages(missing, logDir);
}

let lastInstallation: Promise<unknown> = Promise.resolve();

/**
 * Runs `apt-get install` as root, after `apt-get update`, since a fresh machine has no package lists. Installations run one
 * after another: parts of the set-up run concurrently, and apt-get fails while another apt-get holds its locks.
 */
export function installPackages(packages: readonly string[], logDir: string): Promise<void> {
  const installation = lastInstallation.then(() => aptInstall(packages, logDir));
  lastInstallation = installation.catch(() => undefined);
  return installation;
}

async function aptInstall(packages: readonly string[], logDir: string): Promise<void> {
  const options = { logFile: path.join(logDir, 'apt.log'), env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await withProgress(`installing ${packages.join(' and ')} (apt-get)`, async () => {
    // Every user of the machine must be able to read what a package installs, unlike Longshore's own files.
    const aptGet = (args: readonly string[]): Promise<void> =>
      runCommand('sh', ['-c', 'umask 022 && exec apt-get "$@"', 'apt-get', ...args], options);
    await aptGet(['update']);
    await aptGet(['install', '-y', '--no-install-recommends', ...packages]);
  });
}

async function start(logDir: string): Promise<void> {
  const logFile = path.join(logDir, 'dockerd.log');
  const answers = async (): Promise<boolean> => (await pingProblem({ socketPath: SOCKET })) === undefined;
  await withProgress('starting the Docker engine', async () => {
    if (fs.existsSync('/run/systemd/system')) {
      await runCommand('systemctl', ['start', 'docker'], { logFile });
    } else if (runningEngine() === undefined) {
      launchDetached(logFile);
    }
    if (await becomes(answers, START_PATIENCE_MS, 100)) return;
    throw new SetupError(`The Docker engine does not start: ${lastLines(logFile, 3)}\n  Full log: ${logFile}`);
  });
}

/** The pid of an engine that is still starting. Removes the pid file of a killed engine: dockerd would refuse to start. */
function runningEngine(): number | undefined {
  if (!fs.existsSync(PID_FILE)) return undefined;
  const pid = Number(fs.readFileSync(PID_FILE, 'utf8').trim());
  if (pid > 1 && isAlive(pid) && commandLine(pid).includes('dockerd')) return pid;
  fs.rmSync(PID_FILE, { force: true });
  return undefined;
}

function launchDetached(logFile: string): void {
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const log = fs.openSync(logFile, 'a');
  const engine = spawn(findOnPath('dockerd') ?? 'dockerd', [], {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
  });
  fs.closeSync(log);
  engine.once('error', (error) => fs.appendFileSync(logFile, `${error.message}\n`));
  engine.unref();
}
