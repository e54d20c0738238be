/** The control plane straight through Temporal: for an agent of the same process, and for simulated instances. */
import { ActivityCancelledError, ActivityNotFoundError, Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { defined } from '../model/defined.ts';
import type { TaskGuards } from '../model/task-guards.ts';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';
import type { ControlPlane } from './control-plane.ts';
import { directControl } from './direct-control.ts';

/** `guards`: what tasks may do to the agent's host. Absent: anything. Rejects if Temporal does not answer. */
export async function connectDirect(temporal: TemporalSettings, guards?: TaskGuards): Promise<ControlPlane> {
  const options = temporalConnectionOptions(temporal);
  const connection = await Connection.connect(options);
  const client = new Client({ connection, namespace: temporal.namespace });
  return {
    control: directControl(client, defined({ guards })),
    namespace: temporal.namespace,
    connectWorker: () => NativeConnection.connect(options),
    async heartbeat(taskToken, timeoutMs) {
      try {
        await client.withDeadline(Date.now() + timeoutMs, () => client.activity.heartbeat(taskToken));
        return 'confirmed';
      } catch (error) {
        if (error instanceof ActivityCancelledError || error instanceof ActivityNotFoundError) return 'ended';
        throw error;
      }
    },
    onRenewed: () => () => undefined,
    close: () => connection.close(),
  };
}
