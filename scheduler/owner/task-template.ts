/** What all tasks of one deployment or one call have in common. */
import type { NetworkConfiguration, Tag, TaskOverride } from '@aws-sdk/client-ecs';
import type { LaunchType } from '../../model/status.ts';
import type { TaskDefinition } from '../../model/task-definition.ts';
import type { HeldResources, Task } from '../../model/task.ts';

export interface TaskTemplate {
  readonly clusterName: string;
  readonly taskDefinition: TaskDefinition;
  readonly ownerWorkflowId: string;
  readonly serviceName?: string;
  readonly group: string;
  readonly startedBy?: string;
  readonly launchType: LaunchType;
  readonly capacityProviderName?: string;
  readonly overrides: TaskOverride;
  readonly networkConfiguration?: NetworkConfiguration;
  readonly tags: readonly Tag[];
  readonly propagateTags?: Task['propagateTags'];
  readonly enableExecuteCommand: boolean;
  readonly held: HeldResources;
}
