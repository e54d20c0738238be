/**
 * Delivers events to webhooks: to each in order, at least once, by one worker at a time. Any number of workers may run
 * this; the one with a webhook's lease delivers to it, and moves the webhook's position after each success.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Partition } from '../../model/arn.ts';
import type { StoredEvent } from '../../model/event.ts';
import { matchesPattern } from '../../model/event-pattern.ts';
import type { AddressPolicy } from '../../model/outgoing-address.ts';
import { presentEvent } from '../../model/wire/event.ts';
import type { ClaimedWebhook, WebhookLease } from '../../store/contract/events.ts';
import type { Store } from '../../store/contract/store.ts';
import { checkedConnections } from './checked-connections.ts';
import { post, type Way } from './post.ts';

export interface WebhookDeliveryDeps {
  readonly store: Pick<Store, 'listEvents' | 'claimWebhooks' | 'advanceWebhook' | 'failWebhook' | 'releaseWebhook'>;
  /** The account and region of the ARNs in the events. */
  readonly partition: Partition;
  /** Where webhooks may go. */
  readonly addresses: AddressPolicy;
  readonly logger: {
    debug(fields: Readonly<Record<string, unknown>>, message: string): void;
    warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  };
  readonly timing?: Partial<DeliveryTiming>;
}

export interface DeliveryTiming {
  /** How often to look for webhooks with something to deliver. */
  readonly pollMs: number;
  /** Must be longer than one attempt takes: a worker with a lease that is silent for longer counts as dead. */
  readonly leaseMs: number;
  /** The wait after the first failure; it doubles with each further one. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** As in EventBridge, an event is tried for a day and then dropped, so that the next one follows. */
  readonly dropAfterMs: number;
}

const TIMING: DeliveryTiming = {
  pollMs: 500,
  leaseMs: 30_000,
  retryMs: 1_000,
  longestRetryMs: 5 * 60_000,
  dropAfterMs: 24 * 3_600_000,
};

const WEBHOOKS_AT_ONCE = 16;
const PAGE = 100;

/** Delivers until it is stopped. `stop` aborts attempts under way; they are made again later. */
export function startWebhookDelivery(deps: WebhookDeliveryDeps): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const delivery = new WebhookDelivery(deps, stopping.signal);
  const run = delivery.run();
  return {
    stop: async () => {
      stopping.abort();
      await run;
    },
  };
}

class WebhookDelivery {
  readonly #deps: WebhookDeliveryDeps;
  readonly #timing: DeliveryTiming;
  readonly #signal: AbortSignal;
  readonly #holder = randomUUID();
  readonly #underWay = new Set<Promise<void>>();
  readonly #way: Way;

  constructor(deps: WebhookDeliveryDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#timing = { ...TIMING, ...deps.timing };
    this.#signal = signal;
    this.#way = { policy: deps.addresses, connections: checkedConnections(deps.addresses) };
  }

  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#claim().catch((error: unknown) => {
        this.#deps.logger.debug({ err: error }, 'could not read the webhooks; trying again');
      });
      await sleep(this.#timing.pollMs, undefined, { signal: this.#signal }).catch(() => undefined);
    }
    await Promise.all(this.#underWay);
    await this.#way.connections.destroy();
  }

  async #claim(): Promise<void> {
    const limit = WEBHOOKS_AT_ONCE - this.#underWay.size;
    if (limit === 0) return;
    const lease = { holder: this.#holder, leaseMs: this.#timing.leaseMs };
    for (const claimed of await this.#deps.store.claimWebhooks({ ...lease, limit })) {
      const work = this.#serve(claimed)
        .catch((error: unknown) => {
          const { webhookId } = claimed.webhook;
          this.#deps.logger.warn({ webhookId, err: error }, 'delivery to a webhook was interrupted; trying again');
        })
        .finally(() => this.#underWay.delete(work));
      this.#underWay.add(work);
    }
  }

  /** Delivers everything that is waiting, or up to the first failure. */
  async #serve(claimed: ClaimedWebhook): Promise<void> {
    const lease = { webhookId: claimed.webhook.webhookId, holder: this.#holder, leaseMs: this.#timing.leaseMs };
    let current: ClaimedWebhook | undefined = claimed;
    for (let more = true; more;) {
      const after = current.webhook.delivery.position;
      const { events, through } = await this.#deps.store.listEvents({}, { after, limit: PAGE });
      for (const event of events) {
        const outcome = await this.#deliver(current, event);
        if (outcome.kind === 'passed') continue;
        if (outcome.kind === 'failed') return this.#fail(lease, current, outcome.error);
        current = await this.#advance(lease, current, { position: event.position, done: outcome.kind });
        if (current === undefined) return;
      }
      current = await this.#advance(lease, current, { position: through });
      if (current === undefined) return;
      more = events.length > 0;
    }
    await this.#deps.store.releaseWebhook(lease);
  }

  /** Returns the webhook as it is afterwards; undefined if this worker has lost the lease. */
  async #advance(
    lease: WebhookLease,
    claimed: ClaimedWebhook,
    { position, done }: { readonly position: number; readonly done?: 'delivered' | 'dropped' },
  ): Promise<ClaimedWebhook | undefined> {
    const { webhook } = claimed;
    if (position === webhook.delivery.position) return claimed;
    const delivered = done === 'delivered' ? 1 : 0;
    const progress = { position, delivered, dropped: done === 'dropped' ? 1 : 0 };
    if (!(await this.#deps.store.advanceWebhook(lease, progress))) return undefined;
    const { failingSince, ...delivery } = webhook.delivery;
    const failing = delivered === 0 && failingSince !== undefined ? { failingSince } : {};
    const failures = delivered === 0 ? delivery.failures : 0;
    return { ...claimed, webhook: { ...webhook, delivery: { ...delivery, ...failing, failures, position } } };
  }

  /** An attempt that a stop aborted does not count as the receiver's failure. */
  async #fail(lease: WebhookLease, claimed: ClaimedWebhook, error: string): Promise<void> {
    if (this.#signal.aborted) await this.#deps.store.releaseWebhook(lease);
    else await this.#deps.store.failWebhook(lease, { error, retryInMs: this.#retryIn(claimed) });
  }

  async #deliver({ webhook, secret }: ClaimedWebhook, stored: StoredEvent): Promise<Outcome> {
    const { webhookId, url, pattern, delivery } = webhook;
    const event = presentEvent(stored, this.#deps.partition);
    if (pattern !== undefined && !matchesPattern(pattern, event)) return { kind: 'passed' };
    const oldest = Date.now() - this.#timing.dropAfterMs;
    if (stored.at < oldest && (delivery.failingSince ?? Infinity) < oldest) return { kind: 'dropped' };
    const { position } = stored;
    const signed = secret === undefined ? {} : { secret };
    const error = await post({ webhookId, url, position, event, ...signed }, this.#way, this.#signal);
    return error === undefined ? { kind: 'delivered' } : { kind: 'failed', error };
  }

  #retryIn({ webhook }: ClaimedWebhook): number {
    const { retryMs, longestRetryMs } = this.#timing;
    // 2^30 is beyond any limit, but still a number.
    return Math.min(retryMs * 2 ** Math.min(webhook.delivery.failures, 30), longestRetryMs);
  }
}

type Outcome =
  { readonly kind: 'passed' | 'delivered' | 'dropped' } | { readonly kind: 'failed'; readonly error: string };
