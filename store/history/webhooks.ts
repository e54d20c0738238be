/** The operator's webhooks: their settings, their positions, and the leases of delivering workers. */
import type { EventPattern } from '../../model/event-pattern.ts';
import type { Webhook } from '../../model/webhook.ts';
import type { Database, Statement } from '../base/database.ts';
import { pageOf } from '../base/page.ts';
import type { ClaimedWebhook, WebhookStore } from '../contract/events.ts';
import { toJson } from '../base/storable.ts';

interface WebhookRow {
  readonly id: string;
  readonly url: string;
  readonly pattern: EventPattern | null;
  readonly secret: string | null;
  readonly status: Webhook['status'];
  readonly created_at: number;
  readonly updated_at: number;
  readonly position: number;
  readonly delivered: number;
  readonly dropped: number;
  readonly last_delivered_at: Date | null;
  readonly failures: number;
  readonly failing_since: Date | null;
  readonly last_error: string | null;
  readonly next_attempt_at: Date | null;
}

const COLUMNS = `w.id, w.url, w.pattern, w.secret, w.status, w.created_at, w.updated_at, w.position, w.delivered,
  w.dropped, w.last_delivered_at, w.failures, w.failing_since, w.last_error, w.next_attempt_at`;

const time = <Name extends string>(name: Name, at: Date | null) =>
  (at === null ? {} : { [name]: at.getTime() }) as Partial<Record<Name, number>>;

const toWebhook = (row: WebhookRow): Webhook => ({
  webhookId: row.id,
  url: row.url,
  ...(row.pattern === null ? {} : { pattern: row.pattern }),
  status: row.status,
  hasSecret: row.secret !== null,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  delivery: {
    position: row.position,
    delivered: row.delivered,
    dropped: row.dropped,
    ...time('lastDeliveredAt', row.last_delivered_at),
    failures: row.failures,
    ...time('failingSince', row.failing_since),
    ...(row.last_error === null ? {} : { lastError: row.last_error }),
    ...time('nextAttemptAt', row.next_attempt_at),
  },
});

/** Webhooks that are due, have new events, and have no lease; longest waiting first. */
const CLAIM: Statement = {
  name: 'webhooks-claim',
  text: `WITH horizon AS MATERIALIZED (SELECT ecs_event_horizon() AS position)
         UPDATE webhooks w SET leased_by = $1, leased_until = now() + $2 * interval '1 millisecond'
         WHERE w.id IN (
           SELECT c.id FROM webhooks c WHERE c.status = 'ENABLED'
             AND coalesce(c.next_attempt_at <= now(), true) AND coalesce(c.leased_until < now(), true)
             AND c.position < (SELECT position FROM horizon)
           ORDER BY c.position LIMIT $3 FOR UPDATE SKIP LOCKED)
         RETURNING ${COLUMNS}`,
};

export function createWebhookStore(db: Database): WebhookStore {
  const one = async (text: string, values: readonly unknown[]): Promise<Webhook | undefined> => {
    const [row] = await db.rows<WebhookRow>(text, values);
    return row && toWebhook(row);
  };
  return {
    createWebhook: async ({ webhookId, url, pattern, secret, status, at }) => {
      const created = await one(
        `INSERT INTO webhooks AS w (id, url, pattern, secret, status, created_at, updated_at, position)
         VALUES ($1, $2, $3, $4, $5, $6, $6, ecs_event_horizon()) RETURNING ${COLUMNS}`,
        [webhookId, url, pattern === undefined ? null : toJson(pattern), secret ?? null, status, at],
      );
      if (!created) throw new Error('the webhook was not stored');
      return created;
    },
    getWebhook: (id) => one(`SELECT ${COLUMNS} FROM webhooks w WHERE id = $1`, [id]),
    listWebhooks: async ({ after, limit }) => {
      const rows = await db.rows<WebhookRow>(`SELECT ${COLUMNS} FROM webhooks w WHERE id > $1 ORDER BY id LIMIT $2`, [
        after ?? '',
        limit + 1,
      ]);
      return pageOf(rows.map(toWebhook), limit, (webhook) => webhook.webhookId);
    },
    // The worker that delivers now loses the lease, and the next one sees the change. The wait for the next attempt
    // ends.
    updateWebhook: (id, { url, pattern, secret, status, at }) =>
      one(
        `UPDATE webhooks w SET url = coalesce($2, url), pattern = CASE WHEN $3 THEN $4 ELSE pattern END,
           secret = CASE WHEN $5 THEN $6 ELSE secret END, status = coalesce($7, status), updated_at = $8,
           leased_by = NULL, leased_until = NULL, next_attempt_at = NULL
         WHERE id = $1 RETURNING ${COLUMNS}`,
        [
          id,
          url ?? null,
          pattern !== undefined,
          pattern === undefined || pattern === null ? null : toJson(pattern),
          secret !== undefined,
          secret ?? null,
          status ?? null,
          at,
        ],
      ),
    deleteWebhook: async (id) => (await db.run('DELETE FROM webhooks WHERE id = $1', [id])) > 0,
    claimWebhooks: async ({ holder, leaseMs, limit }) => {
      const rows = await db.rows<WebhookRow>(CLAIM, [holder, leaseMs, limit]);
      return rows.map((row): ClaimedWebhook => ({
        webhook: toWebhook(row),
        ...(row.secret === null ? {} : { secret: row.secret }),
      }));
    },
    advanceWebhook: async ({ webhookId, holder, leaseMs }, { position, delivered, dropped }) => {
      const changed = await db.run(ADVANCE, [webhookId, holder, position, delivered, dropped, leaseMs]);
      return changed > 0;
    },
    failWebhook: async ({ webhookId, holder }, { error, retryInMs }) => {
      await db.run(FAIL, [webhookId, holder, error, retryInMs]);
    },
    releaseWebhook: async ({ webhookId, holder }) => {
      await db.run('UPDATE webhooks SET leased_by = NULL, leased_until = NULL WHERE id = $1 AND leased_by = $2', [
        webhookId,
        holder,
      ]);
    },
  };
}

/** Only a success ends a series of failures, not an event that was skipped or dropped. */
const ADVANCE: Statement = {
  name: 'webhooks-advance',
  text: `UPDATE webhooks SET position = $3, delivered = delivered + $4, dropped = dropped + $5,
           leased_until = now() + $6 * interval '1 millisecond',
           last_delivered_at = CASE WHEN $4 > 0 THEN now() ELSE last_delivered_at END,
           failures = CASE WHEN $4 > 0 THEN 0 ELSE failures END,
           failing_since = CASE WHEN $4 > 0 THEN NULL ELSE failing_since END,
           last_error = CASE WHEN $4 > 0 THEN NULL ELSE last_error END,
           next_attempt_at = CASE WHEN $4 > 0 THEN NULL ELSE next_attempt_at END
         WHERE id = $1 AND leased_by = $2`,
};

const FAIL: Statement = {
  name: 'webhooks-fail',
  text: `UPDATE webhooks SET failures = failures + 1, failing_since = coalesce(failing_since, now()), last_error = $3,
           next_attempt_at = now() + $4 * interval '1 millisecond', leased_by = NULL, leased_until = NULL
         WHERE id = $1 AND leased_by = $2`,
};
