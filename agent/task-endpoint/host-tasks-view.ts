/** What the endpoint sees of the host's tasks. */
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import { LABELS } from '../../activities/host/launch/labels.ts';
import type { TaskName } from '../../model/task-calls.ts';
import { parseArn } from '../../model/arn.ts';

export interface HostTasksView {
  /** The tasks that the host knows, with those that ended lately. */
  lives(): readonly TaskLife[];
  life(taskId: string): TaskLife | undefined;
}

/** The label whose value every container of the instance has. */
export const instanceLabel = (containerInstanceId: string): string => `${LABELS.instance}=${containerInstanceId}`;

/** The task's name for the control plane. Its cluster is in its ARN. */
export function nameOf({ plan }: TaskLife): TaskName {
  const [clusterName = ''] = parseArn(plan.taskArn)?.path ?? [];
  return { clusterName, taskId: plan.taskId };
}

export const isLive = ({ stoppedAt }: TaskLife): boolean => stoppedAt === undefined;
