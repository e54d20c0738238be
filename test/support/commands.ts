/** Commands to workflows, with defaults, so that a test shows only what matters. */
import { randomUUID } from 'node:crypto';
import type { ServiceDefinition } from '../../model/service.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { CreateServiceCommand } from '../../model/commands.ts';
import type { RunTaskCommand } from '../../workflows/messages.ts';
import { aDefinition } from './service-builders.ts';

export function taskDefinition(changes: Partial<TaskDefinition> = {}): TaskDefinition {
  const { family = 'web', revision = 1 } = changes;
  return {
    taskDefinitionArn: `arn:aws:ecs:us-east-1:123456789012:task-definition/${family}:${revision}`,
    family,
    revision,
    registeredAt: 0,
    networkMode: 'bridge',
    containerDefinitions: [{ name: 'web', image: 'web', cpu: 256, memory: 128, essential: true }],
    requiresAttributes: [],
    placementConstraints: [],
    ...changes,
  };
}

export const checked = (changes: Partial<TaskDefinition> = {}): TaskDefinition =>
  taskDefinition({
    containerDefinitions: [
      { name: 'web', image: 'web', cpu: 256, memory: 128, essential: true, healthCheck: { command: ['CMD', 'true'] } },
    ],
    ...changes,
  });

export const serviceDefinition = (clusterName: string, changes: Partial<ServiceDefinition> = {}): ServiceDefinition =>
  aDefinition({ clusterName, ...changes });

export const createCommand = (
  clusterName: string,
  changes: Partial<ServiceDefinition> = {},
  definition = taskDefinition(),
): CreateServiceCommand => ({
  definition: serviceDefinition(clusterName, changes),
  taskDefinition: definition,
  createdBy: 'arn:aws:iam::123456789012:root',
  incarnation: randomUUID(),
});

export const runTaskCommand = (clusterName: string, changes: Partial<RunTaskCommand> = {}): RunTaskCommand => ({
  kind: 'RunTask',
  clusterName,
  taskDefinition: taskDefinition(),
  count: 1,
  launchType: 'EC2',
  group: 'family:web',
  overrides: {},
  placementConstraints: [],
  placementStrategy: [],
  tags: [],
  enableExecuteCommand: false,
  digest: 'digest-1',
  ...changes,
});
