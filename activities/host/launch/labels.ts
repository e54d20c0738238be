/** The labels by which the agent finds its containers again: those an ECS agent sets, and Longshore's own. */
import type { TaskDefinition } from '../../../model/task-definition.ts';
import type { TaskPlan } from './plan.ts';

const ECS = 'com.amazonaws.ecs.';

export const LABELS = {
  instance: 'longshore.container-instance',
  taskId: 'longshore.task-id',
  /** `container`, or PAUSE_ROLE. */
  role: 'longshore.role',
  containerName: `${ECS}container-name`,
  /** The task's plan as JSON. */
  plan: 'longshore.plan',
} as const;

/** The label, with the value `true`, of the volumes that Longshore makes. */
export const MADE_VOLUME = 'longshore.volume';

/** The container name in an ECS agent's labels of a pause container. */
export const PAUSE_CONTAINER_NAME = '~internal~ecs~pause';

export interface LabelSource {
  readonly containerInstanceId: string;
  readonly clusterName: string;
  readonly definition: Pick<TaskDefinition, 'family' | 'revision'>;
  readonly plan: TaskPlan;
}

/** The role of a pause container. Containers of earlier agents have this value. */
export const PAUSE_ROLE = 'holder';

/** The labels of a container of the task, or of its pause container. */
export function labelsOf(source: LabelSource, containerName: string): Record<string, string> {
  const { plan, definition } = source;
  return {
    [`${ECS}cluster`]: source.clusterName,
    [`${ECS}task-arn`]: plan.taskArn,
    [`${ECS}task-definition-family`]: definition.family,
    [`${ECS}task-definition-version`]: String(definition.revision),
    [LABELS.containerName]: containerName,
    [LABELS.instance]: source.containerInstanceId,
    [LABELS.taskId]: plan.taskId,
    [LABELS.role]: containerName === PAUSE_CONTAINER_NAME ? PAUSE_ROLE : 'container',
    [LABELS.plan]: JSON.stringify(plan),
  };
}

/** Reads the plan from a container's labels; undefined if they are not Longshore's. */
export function planFrom(labels: Readonly<Record<string, string>>): TaskPlan | undefined {
  const text = labels[LABELS.plan];
  return text === undefined ? undefined : (JSON.parse(text) as TaskPlan);
}
