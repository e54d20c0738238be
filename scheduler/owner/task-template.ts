/** What all tasks of one deployment or one call have in common. */
import type { NetworkConfiguration, Tag, TaskOverride } from '@aws-sdk/client-ecs';
import { ROOT, settingsPrincipal } from '../../model/account-setting.ts';
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
  /** Whose account settings hold for the tasks, unless it is root. */
  readonly principal?: string;
  readonly tags: readonly Tag[];
  readonly propagateTags?: Task['propagateTags'];
  readonly enableExecuteCommand: boolean;
  readonly held: HeldResources;
}

/** The template's member for a caller. Root is not written down: its settings hold where no principal is named. */
export function principalMember(callerArn: string | undefined): Pick<TaskTemplate, 'principal'> {
  const principal = callerArn === undefined ? ROOT : settingsPrincipal(callerArn);
  return principal === ROOT ? {} : { principal };
}
