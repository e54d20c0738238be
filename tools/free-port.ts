/** Free loopback ports for the servers of tests, benches and simulations, many of which start concurrently. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ephemeral ports (32768 and up on Linux, 49152 and up elsewhere). An ephemeral port may become the local end
 * of a connection between this check and the moment when a server listens on it.
 */
const LOWEST = 10_000;
const BEYOND = 32_000;
/**
 * Each process looks in one part of the range. Two that start servers at the same time, such as two test files, would else
 * find the same port free now and then.
 */
const PARTS = 16;
const PART_SIZE = (BEYOND - LOWEST) / PARTS;
const lowest = LOWEST + (process.pid % PARTS) * PART_SIZE;

const given = new Set<number>();

/** Finds a port that no process listens on and that this process has not returned before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(lowest, lowest + PART_SIZE);
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
