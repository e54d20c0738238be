/** Ports of loopback for servers of tests, benches and simulations, which many start side by side. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that kernels draw from (32768 and up on Linux, 49152 and up elsewhere). A port from there may become the
 * local end of somebody's connection between this look and the moment when a server listens on it.
 */
const LOWEST = 10_000;
const BEYOND = 32_000;

const given = new Set<number>();

/** A port that nobody listens on and that this process has not given out before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, BEYOND);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
