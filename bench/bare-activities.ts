/** The reference for every large launch: as many activities that do nothing, on the same Temporal server. */
import type { Client } from '@temporalio/client';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { BARE_TASK_QUEUE, withBareWorker } from './bare-worker.ts';
import type { bareActivities } from './bare-workflow.ts';

const STARTS_AT_ONCE = 8;

export interface BareLoad {
  readonly workflows: number;
  readonly activitiesEach: number;
}

/**
 * Milliseconds from the first workflow's start until the last has all its answers, with one worker and one task queue.
 */
export const timeBareActivities = (temporal: TemporalSettings, load: BareLoad): Promise<number> =>
  withBareWorker(temporal, (client) => timeWorkflows(client, load));

async function timeWorkflows(client: Client, { workflows, activitiesEach }: BareLoad): Promise<number> {
  const numbers = Array.from({ length: workflows }, (_, i) => i).values();
  const results: Promise<void>[] = [];
  const begun = performance.now();
  const lane = async (): Promise<void> => {
    for (const number of numbers) {
      const handle = await client.workflow.start<typeof bareActivities>('bareActivities', {
        workflowId: `bare-${workflows}-${activitiesEach}-${number}`,
        taskQueue: BARE_TASK_QUEUE,
        args: [activitiesEach],
      });
      results.push(handle.result());
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
  await Promise.all(results);
  return performance.now() - begun;
}
