/** Events as EventBridge's readers get them, and the webhooks that they are delivered to: the store's side of both. */
import type { StoredEvent } from '../../model/event.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Webhook } from '../../model/webhook.ts';
import type { Page, PageRequest } from './page.ts';

export interface EventFilter {
  readonly clusterName?: string;
  readonly kinds?: readonly StoredEvent['kind'][];
  /** Id of a task or container instance, name of a service. */
  readonly resource?: string;
}

export interface EventPage {
  readonly events: readonly StoredEvent[];
  /** Nothing that the filter lets pass is left up to here: read on after it. */
  readonly through: number;
}

export interface EventStore {
  /** Oldest first. Never an event before which another may still appear: a reader that goes on at `through` misses none. */
  listEvents(filter: EventFilter, page: { readonly after: number; readonly limit: number }): Promise<EventPage>;
  /** Position of the newest event up to which nothing is missing; 0 when there is none. */
  eventHorizon(): Promise<number>;
  /** Removes older ones. Returns how many. */
  purgeEvents(before: EpochMs): Promise<number>;
}

// ---- webhooks --------------------------------------------------------------------------------------------------------

/** A webhook that its holder delivers to, until the lease ends. */
export interface ClaimedWebhook {
  readonly webhook: Webhook;
  readonly secret?: string;
}

export interface WebhookLease {
  readonly webhookId: string;
  readonly holder: string;
  /** How long the holder may be silent before another takes over. */
  readonly leaseMs: number;
}

export interface WebhookStore {
  /** It gets the events that come after it. */
  createWebhook(
    webhook: Pick<Webhook, 'webhookId' | 'url' | 'pattern' | 'status'> & {
      readonly secret?: string;
      readonly at: EpochMs;
    },
  ): Promise<Webhook>;
  getWebhook(webhookId: string): Promise<Webhook | undefined>;
  listWebhooks(page: PageRequest): Promise<Page<Webhook>>;
  /** null takes the pattern or the secret away. undefined: there is no such webhook. */
  updateWebhook(
    webhookId: string,
    changes: Partial<Pick<Webhook, 'url' | 'status'>> & {
      readonly pattern?: Webhook['pattern'] | null;
      readonly secret?: string | null;
      readonly at: EpochMs;
    },
  ): Promise<Webhook | undefined>;
  deleteWebhook(webhookId: string): Promise<boolean>;
  /** Takes ENABLED ones that have events to come, are due, and that nobody holds. */
  claimWebhooks(
    claim: Omit<WebhookLease, 'webhookId'> & { readonly limit: number },
  ): Promise<readonly ClaimedWebhook[]>;
  /** Moves on and keeps the lease. False: it is another's, or the webhook was changed; deliver no more. */
  advanceWebhook(
    lease: WebhookLease,
    progress: { readonly position: number; readonly delivered: number; readonly dropped: number },
  ): Promise<boolean>;
  /** Notes the failure and gives the lease back until the next attempt. */
  failWebhook(lease: WebhookLease, failure: { readonly error: string; readonly retryInMs: number }): Promise<void>;
  releaseWebhook(lease: WebhookLease): Promise<void>;
}
