/** Ending in order: what was started last stops first, once, whatever number of signals arrive. */
import { npmEnds } from './npm-parent.ts';

/** npm and the terminal both pass a Ctrl-C on; a second one after this time is the person's own, who will not wait. */
const SAME_REQUEST_MS = 1_000;

/** Things that were started, to be stopped in reverse order. */
export class Stops {
  readonly #stops: { readonly name: string; readonly stop: () => Promise<unknown> }[] = [];

  /** Remembers how to stop what was just started. */
  add(name: string, stop: () => Promise<unknown>): void {
    this.#stops.push({ name, stop });
  }

  /** Stops all; one that fails does not keep the others up. */
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

/** Resolves at the first SIGINT, SIGTERM or SIGHUP, or when the npm that runs this has ended. A later signal ends the process at once. */
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
