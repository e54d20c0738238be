/**
 * A container instance whose tasks run at once and cost nothing: registered, watched and given work like any other, so
 * that what is measured is the control plane alone.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { TaskReporter } from '../activities/host/reporter.ts';
import type { HostActivities } from '../activities/host/types.ts';
import { announceAgent, registerInstance, reportSender } from '../agent/control-plane.ts';
import type { InstanceRegistration } from '../model/container-instance.ts';
import { instanceTaskQueue } from '../model/container-instance.ts';
import { temporalConnectionOptions, type TemporalSettings } from '../model/temporal-settings.ts';

const HEARTBEAT_MS = 2_000;

/** A registration with room for any number of small tasks. */
export const roomyRegistration = (clusterName: string): InstanceRegistration => ({
  containerInstanceId: randomBytes(16).toString('hex'),
  clusterName,
  sessionId: randomUUID(),
  resources: { cpu: 10_000_000, memoryMiB: 10_000_000, reservedPorts: [], gpuIds: [] },
  attributes: [
    { name: 'ecs.availability-zone', value: 'zone-a' },
    { name: 'ecs.os-type', value: 'linux' },
    { name: 'com.amazonaws.ecs.capability.docker-remote-api.1.18' },
  ],
  agentVersion: '0.0.0',
  agentHash: 'bench',
  dockerVersion: 'DockerVersion: 0',
  tags: [],
});

/** Registers the instance and takes its work; the answer takes it out of service. */
export async function startSimulatedInstance(
  temporal: TemporalSettings,
  clusterName: string,
): Promise<() => Promise<void>> {
  // Of the SDK's own lines, failures are enough; Ctrl-C is the bench's affair.
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const options = temporalConnectionOptions(temporal);
  const [connection, workerConnection] = await Promise.all([
    Connection.connect(options),
    NativeConnection.connect(options),
  ]);
  const client = new Client({ connection, namespace: temporal.namespace });
  const registration = roomyRegistration(clusterName);
  await registerInstance(client, registration);
  const stopping = new AbortController();
  const worker = await Worker.create({
    connection: workerConnection,
    namespace: temporal.namespace,
    taskQueue: instanceTaskQueue(registration.containerInstanceId),
    activities: createActivities(client, registration, stopping.signal),
  });
  const running = worker.run();
  return async () => {
    stopping.abort();
    worker.shutdown();
    await running;
    await workerConnection.close();
    await connection.close();
  };
}

function createActivities(client: Client, registration: InstanceRegistration, stopping: AbortSignal): HostActivities {
  const reporter = new TaskReporter({ send: reportSender(client), onError: () => undefined });
  const { containerInstanceId } = registration;
  return {
    async launchTasks({ ownerWorkflowId, tasks }) {
      const startedAt = Date.now();
      for (const { taskId } of tasks) {
        reporter.report(ownerWorkflowId, {
          taskId,
          containerInstanceId,
          lastStatus: 'RUNNING',
          startedAt,
          containers: [{ name: 'main', lastStatus: 'RUNNING' }],
        });
      }
      await reporter.delivered(ownerWorkflowId);
    },
    async stopTasks({ ownerWorkflowId, tasks }) {
      const stoppedAt = Date.now();
      for (const { taskId } of tasks) {
        reporter.report(ownerWorkflowId, {
          taskId,
          containerInstanceId,
          lastStatus: 'STOPPED',
          stoppedAt,
          containers: [{ name: 'main', lastStatus: 'STOPPED' }],
        });
      }
      await reporter.delivered(ownerWorkflowId);
    },
    async attendInstance() {
      await announceAgent(client, registration);
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), HEARTBEAT_MS);
      const stopped = new Promise<void>((resolve) => stopping.addEventListener('abort', () => resolve()));
      try {
        await Promise.race([stopped, context.cancelled]);
      } finally {
        clearInterval(beat);
      }
    },
  };
}
