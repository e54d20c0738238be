/**
 * Reads the newest events from the store, once for all readers that follow them live in this process. A reader that is
 * behind or too slow reads the store itself until it has caught up, so nothing piles up for it here.
 */
import type { EventEnvelope, StoredEvent } from '../../model/event.ts';
import type { EventFilter, EventStore } from '../../store/contract/events.ts';

const POLL_MS = 200;
/** The wait between tries while the database does not answer. */
const RETRY_MS = 1_000;
const PAGE = 500;
const HEARTBEAT_MS = 15_000;

export interface FeedDeps {
  readonly store: EventStore;
  readonly present: (event: StoredEvent) => EventEnvelope;
}

/** An event with its JSON text. */
export interface FeedItem {
  readonly event: StoredEvent;
  readonly text: string;
}

export interface Reader {
  readonly filter: EventFilter;
  /**
   * Takes an event that passes its filter. Returns false if it takes no more: it has left the feed and will catch up by
   * itself.
   */
  take(item: FeedItem): boolean;
  /** Tells the reader that it has been given all its events up to this position. */
  reached(position: number): void;
}

/** A stream, live or catching up, as the feed knows it. */
export interface Follower {
  heartbeat(): void;
  end(): void;
}

export class EventFeed {
  readonly #deps: FeedDeps;
  readonly #live = new Set<Reader>();
  readonly #followers = new Set<Follower>();
  /** The live readers have been given everything up to this position. */
  #tail = 0;
  #polling = false;
  #heartbeat: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  /**
   * Sends the follower heartbeats until it leaves, and ends it when the feed closes. Returns a function with which it
   * leaves.
   */
  enter(follower: Follower): () => void {
    if (this.#closed) follower.end();
    this.#followers.add(follower);
    this.#heartbeat ??= setInterval(() => {
      for (const each of this.#followers) each.heartbeat();
    }, HEARTBEAT_MS);
    return () => {
      this.#followers.delete(follower);
      if (this.#followers.size > 0) return;
      clearInterval(this.#heartbeat);
      this.#heartbeat = undefined;
    };
  }

  /** A page from the store, for a reader that is behind. */
  async page(
    filter: EventFilter,
    { after, limit = PAGE }: { readonly after: number; readonly limit?: number },
  ): Promise<{ readonly items: readonly FeedItem[]; readonly through: number }> {
    const { events, through } = await this.#deps.store.listEvents(filter, { after, limit });
    return { items: events.map((event) => this.#item(event)), through };
  }

  /**
   * Adds a live reader, which must skip events up to `position`. Returns false if the live readers are further than
   * `position`: the reader must catch up and try again.
   */
  join(reader: Reader, position: number): boolean {
    if (!this.#polling) this.#tail = position;
    if (position < this.#tail) return false;
    this.#live.add(reader);
    if (!this.#polling) void this.#poll();
    return true;
  }

  leave(reader: Reader): void {
    this.#live.delete(reader);
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    for (const follower of this.#followers) follower.end();
  }

  #item(event: StoredEvent): FeedItem {
    return { event, text: JSON.stringify(this.#deps.present(event)) };
  }

  async #poll(): Promise<void> {
    this.#polling = true;
    while (this.#live.size > 0 && !this.#closed) {
      const wait = await this.#step().catch(() => RETRY_MS);
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
    this.#polling = false;
  }

  /** Gives out new events. Returns how many milliseconds to wait before the next call. */
  async #step(): Promise<number> {
    const { store } = this.#deps;
    if ((await store.eventHorizon()) <= this.#tail) return POLL_MS;
    const { items, through } = await this.page({}, { after: this.#tail });
    for (const item of items) this.#give(item);
    this.#tail = through;
    for (const reader of this.#live) reader.reached(this.#tail);
    return items.length < PAGE ? POLL_MS : 0;
  }

  #give(item: FeedItem): void {
    for (const reader of this.#live) {
      if (passes(reader.filter, item.event) && !reader.take(item)) this.#live.delete(reader);
    }
  }
}

/** Whether the event passes the filter, by the same rules as in the store. */
export function passes(filter: EventFilter, event: StoredEvent): boolean {
  const { clusterName, kinds, resource } = filter;
  if (clusterName !== undefined && clusterName !== event.clusterName) return false;
  if (kinds !== undefined && !kinds.includes(event.kind)) return false;
  return resource === undefined || resource === resourceOf(event);
}

function resourceOf(event: StoredEvent): string {
  switch (event.kind) {
    case 'task':
      return event.task.taskId;
    case 'container-instance':
      return event.instance.containerInstanceId;
    case 'service-action':
    case 'deployment':
      return event.serviceName;
  }
}
