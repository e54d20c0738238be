/** How much passes through the door, as a line of the log each ten seconds. */
import type { Logger } from 'pino';

const EVERY_MS = 10_000;

export class Traffic {
  readonly #timer: NodeJS.Timeout | undefined;
  #calls = 0;
  #polls = 0;

  /** Logs at level debug. `connections` tells how many there are. */
  constructor(logger: Logger, connections: () => number) {
    if (!logger.isLevelEnabled('debug')) return;
    this.#timer = setInterval(() => {
      logger.debug({ calls: this.#calls, polls: this.#polls, connections: connections() }, 'calls of agents');
      this.#calls = 0;
      this.#polls = 0;
    }, EVERY_MS).unref();
  }

  count({ isPoll }: { readonly isPoll: boolean }): void {
    this.#calls += 1;
    if (isPoll) this.#polls += 1;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
