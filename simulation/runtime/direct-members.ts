/** Simulated instances beside Temporal: all over one connection. */
import { createHash } from 'node:crypto';
import { Worker } from '@temporalio/worker';
import { connectDirect } from '../../agent/direct.ts';
import { instanceTaskQueue } from '../../model/container-instance.ts';
import type { TemporalSettings } from '../../model/temporal-settings.ts';
import { type FleetMember, type FleetMembers, MEMBER_WORKER } from './fleet-member.ts';

interface DirectOptions {
  readonly temporal: TemporalSettings;
  readonly clusterName: string;
  readonly count: number;
  /** The same seed and place in the fleet give the same container instance id. */
  readonly seed: string;
  /** Gets what ends a worker. */
  readonly onError: (error: unknown) => void;
}

/** Rejects if Temporal does not answer. */
export async function directMembers(options: DirectOptions): Promise<FleetMembers> {
  const { temporal, clusterName, count, seed, onError } = options;
  const controlPlane = await connectDirect(temporal);
  const connection = await controlPlane.connectWorker();
  const { control, namespace } = controlPlane;
  const member = (place: number): FleetMember => {
    const containerInstanceId = instanceId(seed, place);
    return {
      containerInstanceId,
      clusterName,
      control,
      async serve(activities) {
        const taskQueue = instanceTaskQueue(containerInstanceId);
        const worker = await Worker.create({ connection, namespace, taskQueue, activities, ...MEMBER_WORKER });
        const ended = worker.run().catch(onError);
        return () => {
          if (worker.getState() === 'RUNNING') worker.shutdown();
          return ended;
        };
      },
    };
  };
  return {
    members: Array.from({ length: count }, (_, place) => member(place)),
    close: async () => {
      await connection.close();
      await controlPlane.close();
    },
  };
}

const instanceId = (seed: string, place: number): string =>
  createHash('sha256').update(`${seed}/${place}`).digest('hex').slice(0, 32);
