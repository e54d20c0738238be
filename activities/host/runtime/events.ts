/**
 * The engine's events as one endless stream. If the engine or the connection goes away, the stream continues where it
 * ended.
 */
import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTAINER_EVENTS, fromEvent } from './inspect.ts';
import type { DockerEvent } from './inspect.ts';
import type { EventListener } from './types.ts';

const IMAGE_EVENTS = ['pull', 'tag', 'untag', 'delete', 'load', 'import'] as const;
const RETRY_MS = { first: 100, most: 2_000 };
/**
 * An engine stamps an event before it queues it, so of two events at about the same time the later stamp may come
 * first.
 */
const DISORDER_NS = 5_000_000_000n;
/** More events than an engine sends in that time. */
const REMEMBERED_EVENTS = 4_096;

interface StreamOptions {
  readonly docker: Docker;
  readonly labels: Readonly<Record<string, string>>;
  readonly listener: EventListener;
  readonly onImageChange: () => void;
}

export class EventStream {
  readonly #options: StreamOptions;
  /** Nanoseconds, like all times here. The caller must list what happened before. */
  readonly #openedAt = BigInt(Date.now()) * 1_000_000n;
  #latest = this.#openedAt;
  /** The latest events, because the engine repeats them after an interruption. */
  readonly #seen = new Set<string>();
  #stream: NodeJS.ReadableStream | undefined;
  #closed = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Resolves when the engine streams. */
  async open(): Promise<void> {
    void this.#read(await this.#connect());
  }

  close(): void {
    this.#closed = true;
    if (this.#stream !== undefined && 'destroy' in this.#stream) (this.#stream as { destroy(): void }).destroy();
  }

  // A method, because after an await the compiler would take the field for unchanged.
  #isClosed(): boolean {
    return this.#closed;
  }

  async #connect(): Promise<NodeJS.ReadableStream> {
    const horizon = this.#latest - DISORDER_NS;
    const from = horizon > this.#openedAt ? horizon : this.#openedAt;
    const [seconds, nanoseconds] = [from / 1_000_000_000n, from % 1_000_000_000n];
    // The engine takes fractions of a second as text, but the client's types allow only numbers.
    const since: unknown = `${seconds}.${nanoseconds.toString().padStart(9, '0')}`;
    const stream = await this.#options.docker.getEvents({
      since: since as number,
      filters: { type: ['container', 'image'], event: [...CONTAINER_EVENTS, ...IMAGE_EVENTS] },
    });
    this.#stream = stream;
    if (this.#closed) this.close();
    return stream;
  }

  async #read(first: NodeJS.ReadableStream): Promise<void> {
    let stream = first;
    while (!this.#closed) {
      await this.#consume(stream);
      if (this.#isClosed()) return;
      this.#options.listener.onLost();
      const next = await this.#reconnect();
      if (next === undefined) return;
      stream = next;
      this.#options.onImageChange();
      this.#options.listener.onResume();
    }
  }

  async #reconnect(): Promise<NodeJS.ReadableStream | undefined> {
    for (let wait = RETRY_MS.first; !this.#closed; wait = Math.min(wait * 2, RETRY_MS.most)) {
      await sleep(wait);
      try {
        return await this.#connect();
      } catch {
        // The engine is still away, and may stay away for any time.
      }
    }
    return undefined;
  }

  /** Reads lines until the stream ends, in whatever way. */
  #consume(stream: NodeJS.ReadableStream): Promise<void> {
    return new Promise((resolve) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') this.#take(line);
      });
      for (const end of ['end', 'close', 'error']) stream.on(end, () => resolve());
    });
  }

  #take(line: string): void {
    const event = JSON.parse(line) as DockerEvent;
    // Read from the text, because a JSON number loses the last digits.
    const nanoseconds = BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0);
    if (!this.#isNew(`${nanoseconds} ${event.Action ?? ''} ${event.Actor?.ID ?? ''}`)) return;
    if (nanoseconds > this.#latest) this.#latest = nanoseconds;
    if (event.Type === 'image') {
      this.#options.onImageChange();
      return;
    }
    const seen = fromEvent(event);
    if (seen === undefined) return;
    if (Object.entries(this.#options.labels).every(([key, value]) => seen.labels[key] === value))
      this.#options.listener.onEvent(seen);
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    const [oldest] = this.#seen;
    if (this.#seen.size > REMEMBERED_EVENTS && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}
