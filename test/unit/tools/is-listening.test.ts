/** Asks whether a port is taken while the asking process itself is busy. */
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../tools/free-port.ts';
import { isListening } from '../../../tools/process.ts';

/** Longer than isListening waits for an answer. */
const BUSY_MS = 2_200;

function keepBusy(): void {
  const until = performance.now() + BUSY_MS;
  while (performance.now() < until);
}

describe('isListening', () => {
  it('does not take a free port for a taken one while its own process is busy', async () => {
    const answer = isListening(await freePort());
    keepBusy();
    expect(await answer).toBe(false);
  });

  it('finds a server while its own process is busy', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const answer = isListening(port);
    keepBusy();
    expect(await answer).toBe(true);
    server.close();
  });
});
