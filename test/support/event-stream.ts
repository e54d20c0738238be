/** A reader of a stream of server-sent events, over plain HTTP. */
import type { EventEnvelope } from '../../model/event.ts';
import { becomes } from '../../tools/process.ts';
import { serverSentEvents } from '../../tools/server-sent-events.ts';

export interface SeenEvent {
  readonly id: string;
  readonly data: EventEnvelope;
}

export class EventStreamReader {
  readonly events: SeenEvent[] = [];
  /** The position at which the stream opened: it sends each event after this one. */
  openedAt: string | undefined;
  /** The id after which to resume: of the last event, or of the last heartbeat. */
  lastId: string | undefined;
  ended = false;
  readonly #stop = new AbortController();

  /** Resolves when the stream is open. */
  async open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<this> {
    const response = await fetch(url, { headers, signal: this.#stop.signal });
    if (response.status !== 200 || response.body === null) throw new Error(`${response.status} for ${url}`);
    void this.#read(response.body).finally(() => (this.ended = true));
    await this.until(() => this.lastId !== undefined);
    return this;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    try {
      for await (const { id, data } of serverSentEvents(body)) {
        this.openedAt ??= id;
        this.lastId = id ?? this.lastId;
        if (data !== undefined) this.events.push({ id: id ?? '', data: JSON.parse(data) });
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
    }
  }

  /** Throws when the condition does not come true. */
  async until(condition: () => boolean, patienceMs = 30_000): Promise<void> {
    if (!(await becomes(condition, patienceMs))) throw new Error(`still not so, with ${this.events.length} events`);
  }

  close(): void {
    this.#stop.abort();
  }
}
