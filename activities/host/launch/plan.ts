/**
 * What the agent must know of a task after its definition is gone. Kept as JSON in the containers' labels, without
 * secrets.
 */
import type {
  ContainerDefinition,
  ContainerDependency,
  PortMapping,
  TaskDefinition as SdkTaskDefinition,
} from '@aws-sdk/client-ecs';
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { NetworkBinding } from '../../../model/task.ts';
import type { LaunchType } from '../../../model/status.ts';
import { defined } from '../../../model/defined.ts';
import { taskRole } from '../../../model/task-grants.ts';
import type { TaskLimits } from '../limits/layout.ts';
import type { TaskLaunch } from '../types.ts';
import { portRangesOf } from './port-ranges.ts';
import type { PortRange } from './port-ranges.ts';

export const DEFAULT_STOP_TIMEOUT_SECONDS = 30;
/** ECS's default for restartPolicy.restartAttemptPeriod. */
const DEFAULT_RESTART_PERIOD_SECONDS = 300;

export type DependencyCondition = 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY';

export interface Dependency {
  readonly containerName: string;
  readonly condition: DependencyCondition;
}

export interface RestartPolicy {
  readonly ignoredExitCodes: readonly number[];
  readonly periodSeconds: number;
}

export interface ContainerPlan {
  readonly name: string;
  readonly essential: boolean;
  readonly dependsOn: readonly Dependency[];
  readonly startTimeoutSeconds?: number;
  readonly stopTimeoutSeconds: number;
  readonly hasHealthCheck: boolean;
  readonly restartPolicy?: RestartPolicy;
  /** On the host's own network the engine maps no ports, so these are the ports that the definition names. */
  readonly hostBindings?: readonly NetworkBinding[];
  /** The definition's own limits, with overrides: 1/1024 core, MiB. Absent, like the next member, if an earlier agent made the plan. */
  readonly limits?: { readonly cpu?: number; readonly memoryMiB?: number };
  /** Options of the log driver whose values are secrets. */
  readonly secretLogOptions?: readonly string[];
  /** Ranges that the agent publishes on host ports of its choice: in bridge mode alone. */
  readonly portRanges?: readonly PortRange[];
}

/** Docker's network modes in ECS's words; bridge if the definition names none. */
export type NetworkMode = NonNullable<SdkTaskDefinition['networkMode']>;

export interface TaskPlan {
  readonly taskId: string;
  readonly taskArn: string;
  readonly ownerWorkflowId: string;
  /** Absent if an earlier agent made the plan, as the next three are. */
  readonly family?: string;
  readonly launchType?: LaunchType;
  /** The task's own cpu and memory, if it has them. */
  readonly limits?: TaskLimits;
  readonly hasTaskRole?: boolean;
  readonly networkMode: NetworkMode;
  /** Whether a pause container holds the namespaces that the task's containers share. Labels of earlier agents have this name. */
  readonly hasHolder: boolean;
  /** The first requested subnet, which the task's attachment shows. */
  readonly subnetId?: string;
  /** In the definition's order. */
  readonly containers: readonly ContainerPlan[];
  /** Engine volumes that live as long as the task. */
  readonly taskVolumes: readonly string[];
}

/** The plan of a task that is about to be launched. */
export function planTask(definition: TaskDefinition, launch: TaskLaunch, ownerWorkflowId: string): TaskPlan {
  const networkMode = definition.networkMode ?? 'bridge';
  const subnetId = launch.networkConfiguration?.awsvpcConfiguration?.subnets?.[0];
  return {
    taskId: launch.taskId,
    taskArn: launch.taskArn,
    ownerWorkflowId,
    family: definition.family,
    launchType: launch.launchType ?? 'EC2',
    limits: taskLimits({ definition, launch }),
    hasTaskRole: taskRole(definition, launch.overrides) !== undefined,
    networkMode,
    hasHolder: networkMode === 'awsvpc' || definition.pidMode === 'task' || definition.ipcMode === 'task',
    containers: (definition.containerDefinitions ?? []).map((container) =>
      planContainer(container, { networkMode, launch }),
    ),
    taskVolumes: (definition.volumes ?? [])
      .filter((v) => v.host?.sourcePath === undefined && v.dockerVolumeConfiguration?.scope !== 'shared')
      .map((v) => taskVolumeName(definition, launch.taskId, v.name ?? '')),
    ...defined({ subnetId }),
  };
}

/** Engine name of a volume that belongs to one task. */
export const taskVolumeName = (
  definition: Pick<TaskDefinition, 'family' | 'revision'>,
  taskId: string,
  volume: string,
): string => `ecs-${definition.family}-${definition.revision}-${volume}-${taskId}`;

/** The task's cpu and memory as numbers. What the definition leaves out has no limit. */
export function taskLimits({
  definition,
  launch,
}: {
  readonly definition: TaskDefinition;
  readonly launch: Pick<TaskLaunch, 'overrides'>;
}): TaskLimits {
  const cpu = Number(launch.overrides.cpu ?? definition.cpu ?? 0);
  const memory = Number(launch.overrides.memory ?? definition.memory ?? 0);
  return { ...(cpu > 0 ? { cpu } : {}), ...(memory > 0 ? { memoryMiB: memory } : {}) };
}

interface ContainerPlanning {
  readonly networkMode: NetworkMode;
  readonly launch: TaskLaunch;
}

function planContainer(container: ContainerDefinition, { networkMode, launch }: ContainerPlanning): ContainerPlan {
  const policy = container.restartPolicy;
  const override = launch.overrides.containerOverrides?.find(({ name }) => name === container.name);
  const secretLogOptions = (container.logConfiguration?.secretOptions ?? []).map(({ name = '' }) => name);
  const portRanges = networkMode === 'bridge' ? portRangesOf(container.portMappings) : [];
  const hostBindings = networkMode === 'host' ? (container.portMappings ?? []).flatMap(hostBinding) : [];
  return {
    name: container.name ?? '',
    essential: container.essential ?? true,
    dependsOn: dependenciesOf(container),
    // 0 means the default, as in ECS.
    stopTimeoutSeconds: container.stopTimeout || DEFAULT_STOP_TIMEOUT_SECONDS,
    hasHealthCheck: (container.healthCheck?.command?.length ?? 0) > 0,
    ...(hostBindings.length === 0 ? {} : { hostBindings }),
    limits: defined({ cpu: override?.cpu ?? container.cpu, memoryMiB: override?.memory ?? container.memory }),
    ...(secretLogOptions.length === 0 ? {} : { secretLogOptions }),
    ...(portRanges.length === 0 ? {} : { portRanges }),
    ...defined({ startTimeoutSeconds: container.startTimeout }),
    ...(policy?.enabled === true
      ? {
          restartPolicy: {
            ignoredExitCodes: policy.ignoredExitCodes ?? [],
            periodSeconds: policy.restartAttemptPeriod ?? DEFAULT_RESTART_PERIOD_SECONDS,
          },
        }
      : {}),
  };
}

/** Host mode takes no ranges of ports. */
const hostBinding = ({ containerPort, protocol }: PortMapping): readonly NetworkBinding[] =>
  containerPort === undefined
    ? []
    : [{ bindIP: '0.0.0.0', containerPort, hostPort: containerPort, protocol: protocol === 'udp' ? 'udp' : 'tcp' }];

/** The dependsOn entries, and START for containers whose names or volumes it uses. */
function dependenciesOf(container: ContainerDefinition): Dependency[] {
  const asked = (container.dependsOn ?? []).map(toDependency);
  const used = [
    ...(container.links ?? []).map((link) => link.split(':')[0] ?? ''),
    ...(container.volumesFrom ?? []).map((v) => v.sourceContainer ?? ''),
  ];
  const implied = [...new Set(used)].filter((name) => !asked.some((d) => d.containerName === name));
  return [...asked, ...implied.map((containerName) => ({ containerName, condition: 'START' as const }))];
}

const toDependency = (dependency: ContainerDependency): Dependency => ({
  containerName: dependency.containerName ?? '',
  condition: dependency.condition ?? 'START',
});
