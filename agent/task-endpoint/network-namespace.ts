/**
 * Finds the network namespace where an engine's networks are, and works in it: the agent's own, or that of another process of
 * this machine, for an agent in a container or an engine beside others.
 */
import { execFile, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LISTENER = fileURLToPath(new URL('./listen-elsewhere.mjs', import.meta.url));
const COMMAND_TIMEOUT_MS = 10_000;

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface NetworkNamespace {
  /** Runs a program in the namespace and returns its output. Rejects if it fails. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** Listens in the namespace. Rejects with the system's code, such as EADDRINUSE. The caller closes the server. */
  listen(address: Address): Promise<Server>;
  /** A file of `/proc/net` as that namespace has it. */
  readNet(file: 'fib_trie' | 'tcp'): Promise<string>;
  close(): void;
}

/** The namespace that has the interface. Undefined if no process of this machine that the agent may look at is in it. */
export async function findNamespace(interfaceName: string): Promise<NetworkNamespace | undefined> {
  if (await hasInterface('self', interfaceName)) return OWN;
  const seen = new Set<string>();
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const namespace = await readlink(`/proc/${pid}/ns/net`).catch(() => undefined);
    if (namespace === undefined || seen.has(namespace)) continue;
    seen.add(namespace);
    if (!(await hasInterface(pid, interfaceName))) continue;
    const file = openNamespace(pid);
    if (file !== undefined) return new OtherNamespace(file);
  }
  return undefined;
}

async function hasInterface(pid: string, name: string): Promise<boolean> {
  const text = await readFile(`/proc/${pid}/net/dev`, 'utf8').catch(() => '');
  return text.split('\n').some((line) => line.trimStart().startsWith(`${name}:`));
}

/** The open file keeps the namespace, whatever becomes of the process. Undefined if the process is gone or is not ours to see. */
function openNamespace(pid: string): number | undefined {
  try {
    return fs.openSync(`/proc/${pid}/ns/net`, 'r');
  } catch {
    return undefined;
  }
}

const OWN: NetworkNamespace = {
  async run(program, ...args) {
    return (await run(program, args, { timeout: COMMAND_TIMEOUT_MS })).stdout;
  },
  listen: ({ host, port }) =>
    new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, () => resolve(server.off('error', reject)));
    }),
  readNet: (file) => readFile(`/proc/self/net/${file}`, 'utf8'),
  close: () => undefined,
};

class OtherNamespace implements NetworkNamespace {
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  async run(program: string, ...args: readonly string[]): Promise<string> {
    return OWN.run('nsenter', this.#flag, program, ...args);
  }

  /** Another process listens there and hands its socket over, which stays in its namespace. */
  listen(address: Address): Promise<Server> {
    const args = [this.#flag, process.execPath, LISTENER, address.host, String(address.port)];
    const child = spawn('nsenter', args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], timeout: COMMAND_TIMEOUT_MS });
    let words = '';
    child.stderr?.on('data', (data: Buffer) => (words += data.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`cannot listen in the engine's network namespace: ${words.trim()}`)));
      child.once('message', (message: { readonly code?: string }, handle) => {
        child.disconnect();
        if (handle instanceof Object && 'listening' in handle) resolve(handle);
        else reject(Object.assign(new Error(`cannot listen: ${message.code ?? ''}`), { code: message.code }));
      });
    });
  }

  readNet(file: 'fib_trie' | 'tcp'): Promise<string> {
    return this.run('cat', `/proc/self/net/${file}`);
  }

  close(): void {
    fs.closeSync(this.#file);
  }

  get #flag(): string {
    return `--net=/proc/${process.pid}/fd/${this.#file}`;
  }
}
