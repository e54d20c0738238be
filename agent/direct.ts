/** The control plane straight through Temporal: for an agent of the same process, and for simulated instances. */
import { ActivityCancelledError, ActivityNotFoundError, Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { TaskCallRefused, type TaskControl } from '../model/task-calls.ts';
import { defined } from '../model/defined.ts';
import type { TaskGuards } from '../model/task-guards.ts';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';
import type { ControlPlane } from './control-plane.ts';
import { directControl } from './direct-control.ts';

const noApi = (): Promise<never> =>
  Promise.reject(new TaskCallRefused('This agent reaches no API, so its tasks get no secrets and no keys of roles.'));
const NO_API: TaskControl = { secrets: noApi, credentials: noApi, forward: noApi };

export interface DirectOptions {
  /** The API in the same process. Absent: there is none. */
  readonly tasks?: TaskControl;
  /** What tasks may do to the agent's host. Absent: anything. */
  readonly guards?: TaskGuards;
}

/** Rejects if Temporal does not answer. */
export async function connectDirect(
  temporal: TemporalSettings,
  { tasks = NO_API, guards }: DirectOptions = {},
): Promise<ControlPlane> {
  const options = temporalConnectionOptions(temporal);
  const connection = await Connection.connect(options);
  const client = new Client({ connection, namespace: temporal.namespace });
  return {
    control: directControl(client, defined({ guards })),
    tasks,
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
