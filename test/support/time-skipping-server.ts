/** The time-skipping server as a process of the tests' own: it may take its time to start on a busy machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { timeSkippingServerPath } from '../../tools/embedded/time-skipping.ts';
import { freePort } from '../../tools/free-port.ts';
import { becomes, isListening } from '../../tools/process.ts';

/** Only a fault reaches it. */
const START_PATIENCE_MS = 120_000;
/** Ends the server when its standard input ends: with the process that started it, however that ends. */
const BOUND_TO_PARENT = 'exec 3<&0; "$0" "$1" & server=$!; (cat <&3; kill -9 $server) & wait $server';

export interface TimeSkippingServer {
  readonly port: number;
  kill(): void;
}

/** Resolves when the server accepts connections. */
export async function startTimeSkippingServer(): Promise<TimeSkippingServer> {
  const port = await freePort();
  const server = spawn('sh', ['-c', BOUND_TO_PARENT, await timeSkippingServerPath(), String(port)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // A process that has run all its tests need not wait for its server.
  server.unref();
  const kill = (): void => void server.stdin.end();
  try {
    await untilListening(server, port);
  } catch (error) {
    kill();
    throw error;
  }
  return { port, kill };
}

async function untilListening(server: ChildProcess, port: number): Promise<void> {
  let failure: Error | undefined;
  server.once('error', (error) => (failure = error));
  server.once('exit', (code) => (failure ??= new Error(`The time-skipping server ended with ${code}.`)));
  const listens = await becomes(async () => failure !== undefined || (await isListening(port)), START_PATIENCE_MS);
  if (failure) throw failure;
  if (!listens) throw new Error(`The time-skipping server does not listen after ${START_PATIENCE_MS} ms.`);
}
