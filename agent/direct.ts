/** The control plane straight through Temporal: for an agent of the same process, and for simulated instances. */
import { Client, Connection } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';
import type { ControlPlane } from './control-plane.ts';
import { directControl } from './direct-control.ts';

/** Rejects if Temporal does not answer. */
export async function connectDirect(temporal: TemporalSettings): Promise<ControlPlane> {
  const options = temporalConnectionOptions(temporal);
  const connection = await Connection.connect(options);
  return {
    control: directControl(new Client({ connection, namespace: temporal.namespace })),
    namespace: temporal.namespace,
    connectWorker: () => NativeConnection.connect(options),
    onRenewed: () => () => undefined,
    close: () => connection.close(),
  };
}
