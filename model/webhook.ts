/** A receiver of events that the operator named. Plain JSON; its secret is not part of it. */
import type { EventPattern } from './event-pattern.ts';
import type { EpochMs } from './time.ts';

export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  /** Absent: every event. */
  readonly pattern?: EventPattern;
  readonly status: 'ENABLED' | 'DISABLED';
  /** Deliveries are signed. */
  readonly hasSecret: boolean;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly delivery: WebhookDelivery;
}

/** How far it is, and what stands in its way. */
export interface WebhookDelivery {
  /** Every event up to here was delivered, dropped, or not asked for. */
  readonly position: number;
  readonly delivered: number;
  /** Events that could not be delivered for too long. */
  readonly dropped: number;
  readonly lastDeliveredAt?: EpochMs;
  /** Attempts in a row that failed, since when, with what, and when the next one is due. */
  readonly failures: number;
  readonly failingSince?: EpochMs;
  readonly lastError?: string;
  readonly nextAttemptAt?: EpochMs;
}
