/** A worker for the references, on the Temporal server that is measured. */
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { type TemporalSettings, temporalConnectionOptions } from '../model/temporal-settings.ts';
import { installQuietRuntime } from './quiet-runtime.ts';

const WORKFLOWS = fileURLToPath(new URL('bare-workflow.ts', import.meta.url));
export const BARE_TASK_QUEUE = 'bench-bare';

/** While `use` runs, one worker runs the workflows of bare-workflow.ts. */
export async function withBareWorker<T>(temporal: TemporalSettings, use: (client: Client) => Promise<T>): Promise<T> {
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
      taskQueue: BARE_TASK_QUEUE,
      workflowBundle: await bundleWorkflowCode({ workflowsPath: WORKFLOWS, logger: new DefaultLogger('ERROR') }),
      activities: { nothing: () => Promise.resolve() },
    });
    const client = new Client({ connection: clientConnection, namespace });
    return await worker.runUntil(() => use(client));
  } finally {
    await Promise.all([connection.close(), clientConnection.close()]);
  }
}
