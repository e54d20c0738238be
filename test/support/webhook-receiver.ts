/** An HTTP server that webhooks deliver to. The test chooses its answers. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EventEnvelope } from '../../model/event.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: EventEnvelope;
  readonly status: number;
}

export class WebhookReceiver {
  /** Every request that arrived, refused or not. */
  readonly received: Received[] = [];
  /** The status of the answer to the nth request; 'hang' answers nothing. */
  answer: (nth: number, event: EventEnvelope) => number | 'hang' = () => 204;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const event = JSON.parse(body) as EventEnvelope;
        const status = this.answer(this.received.length, event);
        this.received.push({ headers: request.headers, body, event, status: status === 'hang' ? 0 : status });
        if (status !== 'hang') response.writeHead(status, { location: '/elsewhere' }).end();
      });
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/events`;
  }

  /** The events that it accepted. */
  get accepted(): readonly EventEnvelope[] {
    return this.received.filter(({ status }) => status >= 200 && status < 300).map(({ event }) => event);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
