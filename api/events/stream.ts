/**
 * One reader of the live stream, as server-sent events: first what it missed, then new ones, as fast as it takes them.
 */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import type { EventFilter } from '../../store/contract/events.ts';
import type { EventFeed, FeedItem, Reader } from './feed.ts';

/** How long a browser waits before it reconnects, and how long the stream waits before it asks the store again. */
const RETRY_MS = 1_000;
/** The wait before another try if the live readers are further: their events can be read in a moment. */
const AGAIN_MS = 100;
/** A reader that takes nothing for this long counts as gone. */
const STALLED_MS = 60_000;

export interface StreamOptions {
  readonly filter: EventFilter;
  readonly start: number;
  /** Asked at each heartbeat. Rejects if the reader may not read any more: then the stream ends. */
  readonly stillAllowed: () => Promise<void>;
}

/** Serves the stream from after position `start` until the reader or the feed closes it. */
export async function streamEvents(
  feed: EventFeed,
  response: Response,
  { filter, start, stillAllowed }: StreamOptions,
): Promise<void> {
  const stream = new EventStream(feed, response, filter, start);
  await stream.run(stillAllowed);
}

class EventStream implements Reader {
  readonly filter: EventFilter;
  readonly #feed: EventFeed;
  readonly #response: Response;
  /** Everything up to this position has been written. */
  #position: number;
  #told: number;
  #takesMore = true;
  #open = true;
  #wake: (() => void) | undefined;

  constructor(feed: EventFeed, response: Response, filter: EventFilter, start: number) {
    this.filter = filter;
    this.#feed = feed;
    this.#response = response;
    this.#position = start;
    this.#told = start;
  }

  async run(stillAllowed: () => Promise<void>): Promise<void> {
    const response = this.#response;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // The connection ends with the stream, so that a server which shuts down need not wait for it.
      connection: 'close',
    });
    response.write(`retry: ${RETRY_MS}\nid: ${this.#position}\n\n`);
    response.on('close', () => this.#close());
    response.on('error', () => this.#close());
    const heartbeat = (): void => {
      this.#beat();
      stillAllowed().catch(() => this.#close());
    };
    const leave = this.#feed.enter({ heartbeat, end: () => this.#close() });
    try {
      while (this.#open) await this.#catchUpAndFollow();
    } finally {
      this.#feed.leave(this);
      leave();
      response.end();
    }
  }

  take({ event: { position }, text }: FeedItem): boolean {
    if (position <= this.#position) return true;
    this.#position = position;
    this.#told = position;
    this.#takesMore = this.#response.write(`id: ${position}\ndata: ${text}\n\n`);
    if (!this.#takesMore) this.#wake?.();
    return this.#takesMore;
  }

  reached(position: number): void {
    this.#position = Math.max(this.#position, position);
  }

  async #catchUpAndFollow(): Promise<void> {
    try {
      if (!this.#takesMore) await this.#drained();
      const { items, through } = await this.#feed.page(this.filter, { after: this.#position });
      // A page is bounded. What the socket does not take at once waits in it, and no more is read until it has been
      // taken.
      for (const item of items) this.take(item);
      if (!this.#open || !this.#takesMore) return;
      this.reached(through);
      if (items.length > 0) return;
    } catch {
      await sleep(RETRY_MS);
      return;
    }
    const left = new Promise<void>((resolve) => (this.#wake = resolve));
    if (this.#feed.join(this, this.#position)) await left;
    else await sleep(AGAIN_MS);
  }

  /** Resolves once the socket has taken what was written. Closes the stream if its reader takes nothing. */
  async #drained(): Promise<void> {
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, AbortSignal.timeout(STALLED_MS)]);
    try {
      await Promise.race([once(this.#response, 'drain', { signal }), once(this.#response, 'close', { signal })]);
      this.#takesMore = true;
    } catch {
      this.#response.destroy();
      this.#close();
    } finally {
      done.abort();
    }
  }

  /** Tells the reader its position, if the last event that it got does not say so. */
  #beat(): void {
    if (!this.#takesMore) return;
    const position = this.#told === this.#position ? '' : `id: ${this.#position}\n`;
    this.#told = this.#position;
    this.#response.write(`: heartbeat\n${position}\n`);
  }

  #close(): void {
    this.#open = false;
    this.#wake?.();
  }
}
