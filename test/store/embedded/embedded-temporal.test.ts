/** The embedded Temporal: retention, its UI, and who may reach it. */
import { request } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedTemporal, startTemporal } from '../../../tools/embedded/temporal.ts';
import { startTemporalUi, type TemporalUi } from '../../../tools/embedded/temporal-ui.ts';
import { becomes, findProcesses } from '../../../tools/process.ts';
import { readSettings } from '../../../tools/settings.ts';
import { freePort } from '../../../tools/free-port.ts';
import { connectTemporal } from '../../../tools/temporal-connection.ts';

const WORKFLOWS = '/api/v1/namespaces/default/workflows';
const dataDir = mkdtempSync(join(tmpdir(), 'longshore-temporal-'));
let temporal: EmbeddedTemporal;
let ui: TemporalUi;
let uiPort: number;

const start = (port: number): Promise<EmbeddedTemporal> =>
  startTemporal({ dataDir, cacheDir: readSettings(process.env).cacheDir, port, sync: 'normal' });

beforeAll(async () => {
  uiPort = await freePort();
  temporal = await start(await freePort());
  ui = await startTemporalUi(uiPort, () => temporal.ui);
  // Temporal's UI connects before its server is up, and tries again about a second later.
  const answers = async (): Promise<boolean> => (await ask({ port: uiPort, path: WORKFLOWS })).status === 200;
  expect(await becomes(answers, 60_000)).toBe(true);
});
afterAll(async () => {
  await ui.close();
  await temporal.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

interface Ask {
  readonly port: number;
  readonly path: string;
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function ask({ port, path, host, method = 'GET', headers = {} }: Ask): Promise<{ status: number; body: string }> {
  const all = { ...headers, host: host ?? `127.0.0.1:${port}` };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers: all }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.once('error', reject);
    sent.end(method === 'POST' ? '{}' : undefined);
  });
}

it('forgets closed workflows after a day', async () => {
  const client = await connectTemporal(temporal.settings);
  const { namespace } = temporal.settings;
  const { config } = await client.workflowService.describeNamespace({ namespace });
  await client.connection.close();
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(86_400);
});

it('serves its UI, and the UI’s calls, to pages of this machine', async () => {
  const page = await ask({ port: uiPort, path: '/namespaces/default/workflows' });
  expect(page.status).toBe(200);
  expect(page.body).toContain('<html');
  const script = /"(\/_app\/[^"]+\.js)"/.exec(page.body)?.[1] ?? '';
  expect((await ask({ port: uiPort, path: script })).status).toBe(200);
  const listed = await ask({ port: uiPort, path: WORKFLOWS, host: `localhost:${uiPort}` });
  expect({ status: listed.status, body: JSON.parse(listed.body) as unknown }).toMatchObject({ status: 200, body: {} });
});

it('refuses a foreign Host and a foreign Origin', async () => {
  expect(await ask({ port: uiPort, path: WORKFLOWS, host: `rebound.example:${uiPort}` })).toMatchObject({
    status: 403,
  });
  const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
  expect(await ask({ port: uiPort, path: `${WORKFLOWS}/w`, method: 'POST', headers })).toMatchObject({ status: 403 });
});

it('lets its own UI start a workflow', async () => {
  const headers = { origin: `http://127.0.0.1:${uiPort}`, 'sec-fetch-site': 'same-origin' };
  const { status } = await ask({ port: uiPort, path: `${WORKFLOWS}/w`, method: 'POST', headers });
  // The request reached Temporal, which refuses it because it names no workflow type.
  expect(status).toBe(400);
});

/** Ports on 127.0.0.1 on which the server listens, read from Linux. */
function listeningPorts(): readonly number[] {
  const [pid = 0] = findProcesses(['start-dev', dataDir]);
  const sockets = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    } catch {
      return undefined;
    }
  });
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local, , state, , , , , , inode]) =>
        state === '0A' && local?.startsWith('0100007F:') && sockets.includes(inode),
    )
    .map(([, local = '']) => parseInt(local.split(':')[1] ?? '', 16));
}

it.runIf(process.platform === 'linux')('answers no HTTP call on its other ports', async () => {
  const ports = listeningPorts();
  expect(ports.length).toBeGreaterThan(3);
  for (const port of ports) {
    for (const [method, path] of [
      ['GET', WORKFLOWS],
      ['GET', '/api/v1/namespaces'],
      ['POST', `${WORKFLOWS}/w`],
    ] as const) {
      const status = await ask({ port, path, method }).then(
        (answered) => answered.status,
        () => 'no HTTP',
      );
      expect([403, 404, 'no HTTP'], `${method} ${path} on ${port}`).toContain(status);
    }
  }
});

it('is taken over, and its UI keeps its place', async () => {
  const again = await start(Number(temporal.settings.address.split(':')[1]));
  expect(again.ui).toEqual(temporal.ui);
  expect(findProcesses(['start-dev', dataDir])).toHaveLength(1);
});
