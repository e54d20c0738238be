/** The interface for events, in EventBridge's form, and for the webhooks that they are delivered to. */
import type { StoredEvent } from '../../model/event.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Webhook } from '../../model/webhook.ts';
import type { Page, PageRequest } from './page.ts';

export interface EventFilter {
  readonly clusterName?: string;
  readonly kinds?: readonly StoredEvent['kind'][];
  /** The id of a task or container instance, or the name of a service. */
  readonly resource?: string;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** No event that matches the filter is left up to this position: continue after it. */
  readonly through: number;
}

export interface EventStore {
  /**
   * Oldest first. Returns no event before which another may still appear, so a reader that continues at `through`
   * misses none.
   */
  listEvents(filter: EventFilter, page: { readonly after: number; readonly limit: number }): Promise<EventPage>;
  /** Position of the newest event up to which nothing is missing; 0 if there is none. */
  eventHorizon(): Promise<number>;
  /** Removes older events. Returns how many. */
  purgeEvents(before: EpochMs): Promise<number>;
}

// ---- webhooks --------------------------------------------------------------------------------------------------------

/** A webhook to which the lease's holder delivers until the lease ends. */
export interface ClaimedWebhook {
  readonly webhook: Webhook;
  readonly secret?: string;
}

export interface WebhookLease {
  readonly webhookId: string;
  readonly holder: string;
  /** How long the holder may be silent before another worker takes over. */
  readonly leaseMs: number;
}

export interface WebhookStore {
  /** The webhook gets the events after its creation. */
  createWebhook(
    webhook: Pick<Webhook, 'webhookId' | 'url' | 'pattern' | 'status'> & {
      readonly secret?: string;
      readonly at: EpochMs;
    },
  ): Promise<Webhook>;
  getWebhook(webhookId: string): Promise<Webhook | undefined>;
  listWebhooks(page: PageRequest): Promise<Page<Webhook>>;
  /** null removes the pattern or the secret. Returns undefined if the webhook does not exist. */
  updateWebhook(
    webhookId: string,
    changes: Partial<Pick<Webhook, 'url' | 'status'>> & {
      readonly pattern?: Webhook['pattern'] | null;
      readonly secret?: string | null;
      readonly at: EpochMs;
    },
  ): Promise<Webhook | undefined>;
  deleteWebhook(webhookId: string): Promise<boolean>;
  /** Takes a lease on ENABLED webhooks that have undelivered events, are due, and have no lease. */
  claimWebhooks(
    claim: Omit<WebhookLease, 'webhookId'> & { readonly limit: number },
  ): Promise<readonly ClaimedWebhook[]>;
  /**
   * Moves the position and keeps the lease. Returns false if another worker has the lease or the webhook was changed:
   * deliver no more.
   */
  advanceWebhook(
    lease: WebhookLease,
    progress: { readonly position: number; readonly delivered: number; readonly dropped: number },
  ): Promise<boolean>;
  /** Records the failure and gives up the lease until the next attempt. */
  failWebhook(lease: WebhookLease, failure: { readonly error: string; readonly retryInMs: number }): Promise<void>;
  releaseWebhook(lease: WebhookLease): Promise<void>;
}
