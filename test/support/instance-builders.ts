/** What tests of a container instance's owner are made of. */
import type { ExpectedTask, InstanceRegistration } from '../../model/container-instance.ts';

export const aRegistration = (changes: Partial<InstanceRegistration> = {}): InstanceRegistration => ({
  containerInstanceId: 'i1',
  clusterName: 'default',
  resources: { cpu: 4096, memoryMiB: 8192, reservedPorts: [], gpuIds: [] },
  attributes: [],
  agentVersion: '1.0.0',
  agentHash: 'test',
  dockerVersion: 'DockerVersion: 24.0.5',
  tags: [],
  sessionId: 'session-1',
  ...changes,
});

/** A task on the instance, of that owner. */
export const expectedTask = (ownerWorkflowId: string, taskId = `task-of-${ownerWorkflowId}`): ExpectedTask => ({
  taskId,
  ownerWorkflowId,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
});
