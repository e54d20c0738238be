/**
 * Where the HTTP servers of Temporal's dev server listen: the UI, the HTTP API and the metrics. None of them checks the
 * Host or the Origin of a request. A web page whose name resolves to a loopback address could read them, and start
 * workflows through the first two. So they listen where no page can reach them.
 */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

export interface UiAddress {
  readonly host: string;
  readonly port: number;
}

export interface TemporalListeners {
  readonly ui: UiAddress;
  /** Absent: Temporal takes any free port. */
  readonly httpPort?: number;
  readonly metricsPort?: number;
}

/**
 * Ports that browsers refuse to connect to (the bad ports of the Fetch standard), as far as they need no root and hardly
 * any machine uses them.
 */
const REFUSED_BY_BROWSERS = [3659, 4190, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080];
const LOOPBACK = '127.0.0.1';
/**
 * Whoever has chosen a port listens there until its server does: the ports are few, and servers that start at the same time would
 * choose the same ones. Only Linux has this address without further ado.
 */
const CHOOSING = '127.0.0.77';

export interface ChosenListeners extends TemporalListeners {
  /** Others may choose the ports again. To call once the server listens. */
  readonly release: () => void;
}

/** Starts a server with listeners that nobody else chooses until it has started. */
export async function withListeners<T>(start: (listeners: TemporalListeners) => Promise<T>): Promise<T> {
  const { release, ...listeners } = await chooseListeners();
  try {
    return await start(listeners);
  } finally {
    release();
  }
}

/**
 * Chooses ports that browsers refuse, as far as they are free. On Linux the UI also gets its own loopback address, drawn
 * at each start from 16 million. Other systems have only one loopback address.
 */
export async function chooseListeners(): Promise<ChosenListeners> {
  const own = `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(2, 255)}`;
  const host = (await isFree(own, 0)) ? own : LOOPBACK;
  const held: Server[] = [];
  const [httpPort, metricsPort, third] = host === LOOPBACK ? await refusedPorts(LOOPBACK) : await hold(2, held);
  const uiPort = host === LOOPBACK ? third : (await refusedPorts(host))[0];
  return {
    release: () => held.forEach((server) => server.close()),
    ui: { host, port: uiPort ?? (await anyPort(host)) },
    ...(httpPort === undefined ? {} : { httpPort }),
    ...(metricsPort === undefined ? {} : { metricsPort }),
  };
}

/** The arguments for `temporal server start-dev`. */
export const listenerArguments = ({ ui, httpPort, metricsPort }: TemporalListeners): readonly string[] => [
  `--ui-ip=${ui.host}`,
  `--ui-port=${ui.port}`,
  ...(httpPort === undefined ? [] : [`--http-port=${httpPort}`]),
  ...(metricsPort === undefined ? [] : [`--metrics-port=${metricsPort}`]),
];

/** Reads the UI's address from the command line of a server that was started with `listenerArguments`. */
export function uiAddressIn(commandLine: string): UiAddress | undefined {
  const [, host, port] = / --ui-ip=(\S+) --ui-port=(\d+)/.exec(commandLine) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** In random order: another Longshore may be choosing at the same time. */
const shuffled = (): readonly number[] =>
  REFUSED_BY_BROWSERS.map((port) => ({ port, order: randomInt(1 << 30) }))
    .sort((a, b) => a.order - b.order)
    .map(({ port }) => port);

/** The free ports among them, in random order. */
async function refusedPorts(host: string): Promise<readonly number[]> {
  const checked = await Promise.all(shuffled().map(async (port) => ({ port, free: await isFree(host, port) })));
  return checked.filter(({ free }) => free).map(({ port }) => port);
}

/**
 * Free ports of the loopback address that nobody else has chosen, so many at most. `held` gets what keeps others from choosing them. A port is
 * held before it is tried: trying it would be in the way of a server that begins to listen there.
 */
async function hold(most: number, held: Server[]): Promise<readonly number[]> {
  const chosen: number[] = [];
  for (const port of shuffled()) {
    if (chosen.length === most) break;
    const server = await listen(CHOOSING, port);
    if (server === undefined) continue;
    held.push(server.unref());
    if (await isFree(LOOPBACK, port)) chosen.push(port);
  }
  return chosen;
}

const isFree = async (host: string, port: number): Promise<boolean> => (await tryPort(host, port)) !== undefined;

async function anyPort(host: string): Promise<number> {
  const port = await tryPort(host, 0);
  if (port === undefined) throw new Error(`No port of ${host} is free.`);
  return port;
}

/** Tries to listen on the port (0: any port). Resolves to the port, or to undefined when that fails. */
async function tryPort(host: string, port: number): Promise<number | undefined> {
  const server = await listen(host, port);
  if (server === undefined) return undefined;
  const address = server.address();
  const opened = typeof address === 'object' && address !== null ? address.port : undefined;
  await new Promise((resolve) => server.close(resolve));
  return opened;
}

function listen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}
