/** The guard's process, as its agent sees it. */
import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DockerOptions } from 'dockerode';
import type { GuardOrder } from './guard.mjs';
import { filesIn } from './files.mjs';

const PROGRAM = fileURLToPath(new URL('guard.mjs', import.meta.url));
const LOG_LIMIT_BYTES = 1024 * 1024;
const READY_PATIENCE_MS = 20_000;

/**
 * Starts a guard in its own session, so that it outlives the agent. Resolves when it guards; an earlier one has ended by then.
 * Rejects with the end of its log if it does not come up. `onEnd`: it has ended.
 */
export async function startGuard(order: GuardOrder, onEnd: () => void): Promise<void> {
  const { log } = filesIn(order.folder);
  if ((fs.statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) fs.renameSync(log, `${log}.1`);
  const fd = fs.openSync(log, 'a', 0o600);
  // Without the agent's environment: the guard needs none of it, and it holds secrets.
  const child = spawn(process.execPath, [PROGRAM, order.folder], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'pipe', fd],
  });
  fs.closeSync(fd);
  child.stdin?.on('error', () => undefined);
  child.stdin?.write(`${JSON.stringify(order)}\n`);
  try {
    await becomesReady(child);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`the guard of the fence does not start: ${String(error)}; see ${log}`, { cause: error });
  }
  child.once('exit', onEnd);
  child.stdout?.destroy();
  child.unref();
  // The pipe stays open until this process ends, but does not keep it running.
  (child.stdin as { unref?: () => void } | null)?.unref?.();
}

function becomesReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it does not answer')), READY_PATIENCE_MS);
    const end = (settle: () => void) => () => {
      clearTimeout(timer);
      settle();
    };
    child.stdout?.once('data', end(resolve));
    child.once('error', (error) => end(() => reject(error))());
    child.once('exit', (code) => end(() => reject(new Error(`it ended with ${code ?? 'a signal'}`)))());
  });
}

/** What of dockerode's options the guard needs; keys and certificates as text. */
export function engineAddress(options: DockerOptions): GuardOrder['engine'] {
  const { socketPath, host, port, protocol, ca, cert, key } = options;
  if (socketPath !== undefined) return { socketPath };
  const text = (name: string, value: unknown): Record<string, string> => {
    if (value === undefined) return {};
    if (typeof value !== 'string' && !Buffer.isBuffer(value))
      throw new Error(`the engine's ${name} is not one PEM text`);
    return { [name]: value.toString() };
  };
  if (host === undefined || protocol === 'ssh')
    throw new Error('the fence reaches an engine by a socket or a port only');
  return {
    host,
    ...(port === undefined ? {} : { port: Number(port) }),
    protocol: protocol === 'https' ? 'https' : 'http',
    ...text('ca', ca),
    ...text('cert', cert),
    ...text('key', key),
  };
}
