/** The addresses and ports of the embedded Temporal's HTTP servers. */
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import {
  type ChosenListeners,
  chooseListeners,
  listenerArguments,
  uiAddressIn,
} from '../../../tools/embedded/temporal-listeners.ts';

it('chooses a usable loopback address for the UI, a different one each time', async () => {
  const [one, two] = await Promise.all([chooseListeners(), chooseListeners()]);
  expect(one.ui.host).toMatch(/^127\./);
  if (process.platform === 'linux') expect(one.ui.host).not.toBe(two.ui.host);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(one.ui.port, one.ui.host, resolve);
  });
  server.close();
});

it('gives each of the three servers its own port', async () => {
  const { ui, httpPort, metricsPort } = await chooseListeners();
  expect(httpPort === undefined || httpPort !== metricsPort).toBe(true);
  if (ui.host === '127.0.0.1') expect([httpPort, metricsPort]).not.toContain(ui.port);
});

it.runIf(process.platform === 'linux')('gives no port to two servers that start at the same time', async () => {
  const all: ChosenListeners[] = [];
  for (let i = 0; i < 5; i += 1) all.push(await chooseListeners());
  const ports = all.flatMap(({ httpPort, metricsPort }) =>
    [httpPort, metricsPort].filter((port) => port !== undefined),
  );
  expect(ports.length).toBeGreaterThan(0);
  expect(new Set(ports).size).toBe(ports.length);
  all.forEach(({ release }) => release());
});

it('finds the UI in the command line of a server that outlived its Longshore', () => {
  const ui = { host: '127.9.8.7', port: 6666 };
  const command = [
    '/cache/temporal',
    'server',
    'start-dev',
    ...listenerArguments({ ui, httpPort: 6667 }),
    '--port=7879',
  ];
  expect(uiAddressIn(command.join(' '))).toEqual(ui);
  expect(uiAddressIn('/cache/temporal server start-dev --port=7879')).toBeUndefined();
});
