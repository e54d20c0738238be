/** Removes rows that are past their retention, from time to time. */
import type { Logger } from 'pino';
import type { EpochMs } from '../model/time.ts';
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
  readonly store: Pick<
    Store,
    'purgeStoppedTasks' | 'purgeEvents' | 'purgeDecisions' | 'purgeAgents' | 'purgeAudit' | 'purgeSecrets'
  >;
  readonly retention: Retention;
  readonly logger: Logger;
}

/** Starts to purge. A purge that fails is tried again the next time. */
export function startPurging(options: PurgeOptions): { stop(): void } {
  const timer = setInterval(() => void purge(options), PURGE_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

async function purge({ store, retention, logger }: PurgeOptions): Promise<void> {
  const { stoppedTaskRetentionMs, eventRetentionMs, decisionRetentionMs, auditRetentionMs } = retention;
  // One that fails again and again must not keep the others from their turn.
  const removed = async (purgeOf: (before: EpochMs) => Promise<number>, afterMs: number): Promise<number> => {
    try {
      return await purgeOf(Date.now() - afterMs);
    } catch (error) {
      logger.warn({ err: error }, 'could not remove rows past their retention; trying again later');
      return 0;
    }
  };
  const tasks = await removed(store.purgeStoppedTasks, stoppedTaskRetentionMs);
  const events = await removed(store.purgeEvents, eventRetentionMs);
  const decisions = await removed(store.purgeDecisions, decisionRetentionMs);
  const audit = await removed(store.purgeAudit, auditRetentionMs);
  await removed(store.purgeAgents, EXPIRED_KEPT_MS);
  // Their own recovery window says when.
  await removed(store.purgeSecrets, 0);
  logger.debug({ tasks, events, decisions, audit }, 'removed rows past their retention');
}
