/** Removes rows that are past their retention, from time to time. */
import type { Logger } from 'pino';
import type { Store } from '../store/contract/store.ts';

const PURGE_EVERY_MS = 10 * 60_000;
/** Join tokens and certificates that have expired are kept for so long, to be told apart from unknown ones. */
const EXPIRED_KEPT_MS = 7 * 86_400_000;

/** How long rows are kept, in milliseconds. */
export interface Retention {
  readonly stoppedTaskRetentionMs: number;
  readonly eventRetentionMs: number;
  readonly decisionRetentionMs: number;
  readonly auditRetentionMs: number;
}

interface PurgeOptions {
  readonly store: Pick<Store, 'purgeStoppedTasks' | 'purgeEvents' | 'purgeDecisions' | 'purgeAgents' | 'purgeAudit'>;
  readonly retention: Retention;
  readonly logger: Logger;
}

/** Starts to purge. A purge that fails is tried again the next time. */
export function startPurging(options: PurgeOptions): { stop(): void } {
  const timer = setInterval(() => void purge(options), PURGE_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

async function purge({ store, retention, logger }: PurgeOptions): Promise<void> {
  try {
    const tasks = await store.purgeStoppedTasks(Date.now() - retention.stoppedTaskRetentionMs);
    const events = await store.purgeEvents(Date.now() - retention.eventRetentionMs);
    const decisions = await store.purgeDecisions(Date.now() - retention.decisionRetentionMs);
    const audit = await store.purgeAudit(Date.now() - retention.auditRetentionMs);
    await store.purgeAgents(Date.now() - EXPIRED_KEPT_MS);
    logger.debug({ tasks, events, decisions, audit }, 'removed rows past their retention');
  } catch (error) {
    logger.warn({ err: error }, 'could not remove rows past their retention; trying again later');
  }
}
