/** An orderly end: the parts stop in reverse order, and once, however many signals arrive. */
import { npmEnds } from './npm-parent.ts';

/** The terminal and npm both deliver one Ctrl-C. A signal later than this is a second Ctrl-C from a person who will not wait. */
const SAME_REQUEST_MS = 1_000;

/** How to stop the parts that were started, in reverse order. */
export class Stops {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<unknown> }[] = [];

  /** Remembers how to stop a part that has just started. */
  add(name: string, stop: () => Promise<unknown>): void {
    this.#stops.push({ name, stop });
  }

  /** Stops all parts. A part that fails to stop does not keep the others running. */
  async run(onFailure: (name: string, error: unknown) => void): Promise<void> {
    for (let next = this.#stops.pop(); next !== undefined; next = this.#stops.pop()) {
      try {
        await next.stop();
      } catch (error) {
        onFailure(next.name, error);
      }
    }
  }
}

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the npm above this process has ended. A later signal ends the process at once. */
export function awaitStopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (first === undefined) {
        first = performance.now();
        resolve(signal);
      } else if (performance.now() - first > SAME_REQUEST_MS) {
        process.stderr.write('Stopped at once. Nothing acknowledged is lost.\n');
        process.exit(130);
      }
    };
    void npmEnds().then(() => resolve('SIGTERM'));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

export interface RunOptions {
  /** Ends the run as a signal does. */
  readonly request?: Promise<unknown>;
  /** A signal during the start ends the process at once. Only for what leaves no servers behind. Default: the start goes on first. */
  readonly mayEndWhileStarting?: boolean;
}

/** Starts, runs until a signal or until `request` resolves, then stops in reverse order and ends the process. */
export async function runUntilStopped(
  start: (stops: Stops) => Promise<void>,
  { request = new Promise(() => undefined), mayEndWhileStarting = false }: RunOptions = {},
): Promise<void> {
  const stops = new Stops();
  const stopSignal = awaitStopSignal();
  let isStarting = true;
  if (mayEndWhileStarting)
    void stopSignal.then(() => {
      if (isStarting) process.exit(0);
    });
  await start(stops);
  isStarting = false;
  await Promise.race([stopSignal, request]);
  await stops.run((name, error) => process.stderr.write(`${name} did not stop cleanly: ${String(error)}\n`));
  process.exit(0);
}
