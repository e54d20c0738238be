/** The checks that RunTask and StartTask share, and the common members of their commands to the workflow. */
import type {
  NetworkConfiguration,
  PropagateTags,
  Tag,
  TaskOverride,
  TaskVolumeConfiguration,
} from '@aws-sdk/client-ecs';
import type { LaunchType } from '../../../model/status.ts';
import type { TaskDefinitionRecord } from '../../../model/task-definition.ts';
import type { RunTaskCommand } from '../../../workflows/messages.ts';
import { validateTags } from './tags.ts';
import { member } from '../members.ts';
import { checkCompatibility, checkFargateSize } from './launch-type.ts';
import { resolveNetworkConfiguration } from './network-configuration.ts';
import { resolveOverrides } from './overrides.ts';
import { requireFolder } from './task-definition/secrets.ts';
import { resolveGroup } from './ownership.ts';
import { unsupported } from './refusals.ts';
import { resolvePropagateTags, standaloneTaskTags } from './task-tags.ts';

/** The members that both requests have. */
export interface StandaloneTaskRequest {
  readonly group?: string | undefined;
  readonly startedBy?: string | undefined;
  readonly overrides?: TaskOverride | undefined;
  readonly networkConfiguration?: NetworkConfiguration | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly propagateTags?: PropagateTags | undefined;
  readonly enableECSManagedTags?: boolean | undefined;
  readonly enableExecuteCommand?: boolean | undefined;
  readonly volumeConfigurations?: readonly TaskVolumeConfiguration[] | undefined;
  /** An id by which ECS's own schedulers tell tasks apart. */
  readonly referenceId?: string | undefined;
}

/** Checks that do not need the store; they come first. */
export function checkStandaloneRequest(input: StandaloneTaskRequest): void {
  if ((input.volumeConfigurations ?? []).length > 0) throw unsupported('volumeConfigurations');
  if ((input.referenceId ?? '') !== '') throw unsupported('referenceId');
  validateTags(input.tags);
  resolvePropagateTags(input.propagateTags, 'call');
}

type CommonMembers = Pick<
  RunTaskCommand,
  | 'clusterName'
  | 'taskDefinition'
  | 'launchType'
  | 'group'
  | 'startedBy'
  | 'overrides'
  | 'networkConfiguration'
  | 'tags'
  | 'enableExecuteCommand'
>;

/** Returns the members that both commands share, checked against the task definition. */
export function buildCommonMembers(
  input: StandaloneTaskRequest,
  target: {
    readonly clusterName: string;
    readonly taskDefinition: TaskDefinitionRecord;
    readonly launchType: LaunchType;
    readonly hasEnvironmentFiles: boolean;
  },
): CommonMembers {
  const { definition, tags } = target.taskDefinition;
  checkCompatibility(definition, target.launchType);
  const overrides = resolveOverrides(input.overrides, definition);
  requireFolder(overrides.containerOverrides ?? [], target);
  checkFargateSize(definition, overrides, target.launchType);
  return {
    clusterName: target.clusterName,
    taskDefinition: definition,
    launchType: target.launchType,
    group: resolveGroup(input.group, definition.family),
    ...member('startedBy', input.startedBy),
    overrides,
    ...member('networkConfiguration', resolveNetworkConfiguration(input.networkConfiguration, definition)),
    tags: standaloneTaskTags({
      given: validateTags(input.tags),
      propagateTags: resolvePropagateTags(input.propagateTags, 'call'),
      taskDefinitionTags: tags,
      enableECSManagedTags: input.enableECSManagedTags ?? false,
      clusterName: target.clusterName,
    }),
    enableExecuteCommand: input.enableExecuteCommand ?? false,
  };
}
