/**
 * A container instance whose tasks run at once and cost nothing. It is registered, watched and given work like any
 * other, so that only the control plane is measured.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { InstanceRegistration } from '../model/container-instance.ts';
import type { TemporalSettings } from '../model/temporal-settings.ts';
import { directMembers } from '../simulation/runtime/direct-members.ts';
import { startFleet } from '../simulation/runtime/fleet.ts';
import { installQuietRuntime } from './quiet-runtime.ts';

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

/** Registers the instance and takes its work. The returned function shuts it down. */
export async function startSimulatedInstance(
  temporal: TemporalSettings,
  clusterName: string,
): Promise<() => Promise<void>> {
  installQuietRuntime();
  const onError = (error: unknown): unknown => process.stderr.write(`bench: ${String(error)}\n`);
  const fleet = await startFleet({
    through: await directMembers({ temporal, clusterName, count: 1, seed: randomUUID(), onError }),
    zones: ['zone-a'],
    cores: 10_000,
    memoryMiB: 10_000_000,
    fargate: false,
    attributes: [],
    startMs: 0,
    onError,
  });
  return () => fleet.shutdown();
}
