/** A Longshore that listens on a network, in a namespace of its own: what others can reach of it, and what that asks for. */
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DockerEngine, startDockerEngine } from '../../fixtures/docker-engines.ts';
import { type Longshore, startLongshore } from '../support/longshore.ts';

const PORTS = 65_535;
const AT_ONCE = 1_000;
const LISTENING = '0A';

let folder: string;
let engine: DockerEngine;
let longshore: Longshore;
let agent: Agent;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'longshore-scan-'));
  engine = await startDockerEngine();
  const node = path.join(folder, 'node');
  await writeFile(node, `#!/bin/sh\nexec nsenter --net=/var/run/netns/${engine.name} ${process.execPath} "$@"\n`);
  await chmod(node, 0o755);
  longshore = await startLongshore({ engine, node, env: { LONGSHORE_HOST: engine.address } });
  agent = new Agent({ connect: { ca: await readFile(path.join(longshore.dataDir, 'tls', 'ca.pem'), 'utf8') } });
});
afterAll(async () => {
  await agent.close();
  await longshore.destroy();
  await engine.destroy();
  await rm(folder, { recursive: true });
});

const portOf = (name: string): number => Number(longshore.environment[name]);
/** The API and the agent door. */
const forOthers = (): readonly number[] =>
  [portOf('LONGSHORE_PORT'), portOf('LONGSHORE_AGENT_PORT')].toSorted((a, b) => a - b);
const at = (scheme: 'http' | 'https'): string => `${scheme}://${engine.address}:${portOf('LONGSHORE_PORT')}`;

const isOpen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, engine.address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

/** What listens in the namespace: the address as the kernel writes it, and the port. */
async function listeners(): Promise<readonly { readonly address: string; readonly port: number }[]> {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => engine.exec('cat', `/proc/net/${name}`)));
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, local = '', , state] = line.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      return state === LISTENING ? [{ address, port: Number.parseInt(port, 16) }] : [];
    }),
  );
}

it('opens the ports of the API and of the agent door to the network, and no other', async () => {
  const open: number[] = [];
  for (let first = 1; first <= PORTS; first += AT_ONCE) {
    const ports = Array.from({ length: Math.min(AT_ONCE, PORTS - first + 1) }, (_, i) => first + i);
    const answers = await Promise.all(ports.map(isOpen));
    open.push(...ports.filter((_, i) => answers[i]));
  }
  expect(open).toEqual(forOthers());
});

it('keeps Temporal, its UI and Postgres to the machine itself', async () => {
  const found = await listeners();
  const ports = found.map(({ port }) => port);
  const servers = ['LONGSHORE_TEMPORAL_PORT', 'LONGSHORE_TEMPORAL_UI_PORT', 'LONGSHORE_POSTGRES_PORT'].map(portOf);
  expect(ports).toEqual(expect.arrayContaining(servers));
  const isLoopback = (address: string): boolean => /7F$|^0{24}01000000$/.test(address);
  /** 169.254.170.2, which routers do not pass on. */
  const isForContainers = (address: string): boolean => address === '02AAFEA9';
  const beyond = found.filter(({ address }) => !isLoopback(address) && !isForContainers(address));
  expect(beyond.map(({ port }) => port).toSorted((a, b) => a - b)).toEqual(forOthers());
  expect(found.filter(({ address }) => isForContainers(address))).toHaveLength(1);
});

it('asks everybody for credentials, but whoever asks whether it lives', async () => {
  const get = async (route: string) => (await fetch(at('https') + route, { dispatcher: agent })).status;
  expect(await get('/healthz')).toBe(200);
  for (const route of ['/', '/readyz', '/openapi.json', '/v1/clusters', '/v1/events/stream', '/metrics', '/api/v1/x']) {
    expect(await get(route), route).toBe(403);
  }
});

it('has an agent door that says nothing to whoever has no certificate', async () => {
  const received = await new Promise<number>((resolve) => {
    let bytes = 0;
    const { address: host } = engine;
    const options = { host, port: portOf('LONGSHORE_AGENT_PORT'), rejectUnauthorized: false, ALPNProtocols: ['h2'] };
    const socket = connectTls(options, () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(bytes));
  });
  expect(received).toBe(0);
});

it('answers nothing without TLS, and goes on', async () => {
  await expect(fetch(`${at('http')}/healthz`)).rejects.toThrow();
  const received = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(portOf('LONGSHORE_PORT'), engine.address, () =>
      socket.write('GET /healthz HTTP/1.1\r\n\r\n'),
    );
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  expect(received).not.toContain('HTTP/');
  expect((await fetch(`${at('https')}/healthz`, { dispatcher: agent })).status).toBe(200);
});
