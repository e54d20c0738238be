/** A receiver of events that the operator named. Plain JSON, without the secret. */
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

/** The progress of delivery, and what blocks it. */
export interface WebhookDelivery {
  /** Every event up to here was delivered, was dropped, or did not match. */
  readonly position: number;
  readonly delivered: number;
  /** Events dropped because they could not be delivered for too long. */
  readonly dropped: number;
  readonly lastDeliveredAt?: EpochMs;
  /** Failed attempts in a row: how many, since when, the last error, and when the next attempt is due. */
  readonly failures: number;
  readonly failingSince?: EpochMs;
  readonly lastError?: string;
  readonly nextAttemptAt?: EpochMs;
}
