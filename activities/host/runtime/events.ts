/** The engine's events as one endless stream: taken up where it ended when the engine or the connection went away. */
import type Docker from 'dockerode';
import { setTimeout as sleep } from 'node:timers/promises';
import { CONTAINER_EVENTS, fromEvent } from './inspect.ts';
import type { DockerEvent } from './inspect.ts';
import type { EventListener } from './types.ts';

const IMAGE_EVENTS = ['pull', 'tag', 'untag', 'delete', 'load', 'import'] as const;
const RETRY_MS = { first: 100, most: 2_000 };

interface StreamOptions {
  readonly docker: Docker;
  readonly labels: Readonly<Record<string, string>>;
  readonly listener: EventListener;
  readonly onImageChange: () => void;
}

export class EventStream {
  private readonly options: StreamOptions;
  /** Nanoseconds of the last event seen: the engine repeats from there, and what is not later is a repeat. */
  private last: bigint;
  private stream: NodeJS.ReadableStream | undefined;
  private closed = false;

  constructor(options: StreamOptions) {
    this.options = options;
    this.last = BigInt(Date.now()) * 1_000_000n;
  }

  /** Resolves when the engine streams. */
  async open(): Promise<void> {
    void this.read(await this.connect());
  }

  close(): void {
    this.closed = true;
    if (this.stream !== undefined && 'destroy' in this.stream) (this.stream as { destroy(): void }).destroy();
  }

  // Read again after an await: the compiler takes the field for unchanged.
  private isClosed(): boolean {
    return this.closed;
  }

  private async connect(): Promise<NodeJS.ReadableStream> {
    const [seconds, nanoseconds] = [this.last / 1_000_000_000n, this.last % 1_000_000_000n];
    // The engine takes fractions of a second as text; the client's types know numbers only.
    const since: unknown = `${seconds}.${nanoseconds.toString().padStart(9, '0')}`;
    const stream = await this.options.docker.getEvents({
      since: since as number,
      filters: { type: ['container', 'image'], event: [...CONTAINER_EVENTS, ...IMAGE_EVENTS] },
    });
    this.stream = stream;
    if (this.closed) this.close();
    return stream;
  }

  private async read(first: NodeJS.ReadableStream): Promise<void> {
    let stream = first;
    while (!this.closed) {
      await this.consume(stream);
      if (this.isClosed()) return;
      this.options.listener.onLost();
      const next = await this.reconnect();
      if (next === undefined) return;
      stream = next;
      this.options.onImageChange();
      this.options.listener.onResume();
    }
  }

  private async reconnect(): Promise<NodeJS.ReadableStream | undefined> {
    for (let wait = RETRY_MS.first; !this.closed; wait = Math.min(wait * 2, RETRY_MS.most)) {
      await sleep(wait);
      try {
        return await this.connect();
      } catch {
        // Away still: the engine may stay away for as long as it likes.
      }
    }
    return undefined;
  }

  /** Reads lines until the stream ends, however it ends. */
  private consume(stream: NodeJS.ReadableStream): Promise<void> {
    return new Promise((resolve) => {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') this.take(line);
      });
      for (const end of ['end', 'close', 'error']) stream.on(end, () => resolve());
    });
  }

  private take(line: string): void {
    const event = JSON.parse(line) as DockerEvent;
    const nanoseconds = BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0);
    if (nanoseconds <= this.last) return;
    this.last = nanoseconds;
    if (event.Type === 'image') {
      this.options.onImageChange();
      return;
    }
    const seen = fromEvent(event, nanoseconds);
    if (seen === undefined) return;
    if (Object.entries(this.options.labels).every(([key, value]) => seen.labels[key] === value))
      this.options.listener.onEvent(seen);
  }
}
