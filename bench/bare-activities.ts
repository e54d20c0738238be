/** The floor under every large launch: as many activities that do nothing, on the same Temporal server. */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { type TemporalSettings, temporalConnectionOptions } from '../model/temporal-settings.ts';
import type { bareActivities } from './bare-workflow.ts';
import { installQuietRuntime } from './quiet-runtime.ts';

const WORKFLOWS = fileURLToPath(new URL('bare-workflow.ts', import.meta.url));
const TASK_QUEUE = 'bench-bare';
const STARTS_AT_ONCE = 8;

export interface BareLoad {
  readonly workflows: number;
  readonly activitiesEach: number;
}

/** Milliseconds from the first workflow's start until the last has its answers; one worker, one task queue. */
export async function timeBareActivities(temporal: TemporalSettings, load: BareLoad): Promise<number> {
  installQuietRuntime();
  const options = temporalConnectionOptions(temporal);
  const { namespace } = temporal;
  const [connection, clientConnection] = await Promise.all([
    NativeConnection.connect(options),
    Connection.connect(options),
  ]);
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('ERROR') }),
      activities: { nothing: () => Promise.resolve() },
    });
    const client = new Client({ connection: clientConnection, namespace });
    return await worker.runUntil(() => timeWorkflows(client, load));
  } finally {
    await Promise.all([connection.close(), clientConnection.close()]);
  }
}

async function timeWorkflows(client: Client, { workflows, activitiesEach }: BareLoad): Promise<number> {
  const numbers = Array.from({ length: workflows }, (_, i) => i).values();
  const results: Promise<void>[] = [];
  const begun = performance.now();
  const lane = async (): Promise<void> => {
    for (const number of numbers) {
      const handle = await client.workflow.start<typeof bareActivities>('bareActivities', {
        workflowId: `bare-${workflows}-${activitiesEach}-${number}`,
        taskQueue: TASK_QUEUE,
        args: [activitiesEach],
      });
      results.push(handle.result());
    }
  };
  await Promise.all(Array.from({ length: STARTS_AT_ONCE }, lane));
  await Promise.all(results);
  return performance.now() - begun;
}
