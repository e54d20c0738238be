/** The reference for RunTask: an update that starts its workflow and does nothing else, on the same Temporal server. */
import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import type { ActivityKind } from './answer-activities.ts';
import { BARE_TASK_QUEUE, withBareWorker } from './bare-worker.ts';
import { type bareCall, bareUpdate } from './bare-workflow.ts';

/** While `use` runs, its argument makes one call, which is answered once the workflow has run these activities. */
export const withBareCalls = <T>(
  temporal: TemporalSettings,
  activities: readonly ActivityKind[],
  use: (call: () => Promise<void>) => Promise<T>,
): Promise<T> => withBareWorker(temporal, (client) => use(() => callBare(client, activities)));

async function callBare(client: Client, activities: readonly ActivityKind[]): Promise<void> {
  const startWorkflowOperation = new WithStartWorkflowOperation<typeof bareCall>('bareCall', {
    workflowId: `bare-call-${randomUUID()}`,
    taskQueue: BARE_TASK_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  await client.workflow.executeUpdateWithStart(bareUpdate, { args: [activities], startWorkflowOperation });
}
