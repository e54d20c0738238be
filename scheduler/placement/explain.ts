/** ECS's words for a refusal: the service event and the entry of `failures[]`. */
import type { Failure } from '../../model/errors.ts';
import type { Refusal, RefusalReason } from './types.ts';

/** RunTask's InvalidParameterException for a cluster without instances. */
export const NO_INSTANCES_MESSAGE = 'No Container Instances were found in your cluster.';

/** ECS does not document how a constraint appears in `failures[]`; these are the texts of its capacity providers. */
const CONSTRAINT_UNSATISFIED = {
  memberOf: 'MemberOf placement constraint unsatisfied',
  distinctInstance: 'DistinctInstance placement constraint unsatisfied',
} as const;

const FARGATE_UNAVAILABLE =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone.';
const MORE = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

const NO_PROVIDER_INSTANCES = 'No Container Instances were found in your capacity provider.';

/** The text for tasks that may not even wait: see MAX_PROVISIONING_TASKS. */
export const PROVISIONING_LIMIT_EXCEEDED =
  'was unable to place tasks in your cluster because the tasks provisioning capacity limit was exceeded.';

/** The message of the service event, without `(service NAME) ` before it. */
export function explainForEvent(refusal: Refusal): string {
  if (isWithoutInstance(refusal)) return `was unable to place a task. Reason: ${FARGATE_UNAVAILABLE}`;
  if (isWithoutProvider(refusal)) return `was unable to place a task. Reason: ${NO_PROVIDER_INSTANCES}`;
  if (refusal.reason === 'UNPLACEABLE') return `was unable to place a task. Reason: ${failureReason(refusal)}`;
  return `was unable to place a task because no container instance met all of its requirements. ${eventDetail(refusal)} ${MORE}`;
}

/** The `reason` of a SERVICE_TASK_PLACEMENT_FAILURE. */
export const placementFailureReason = (refusal: Refusal): string =>
  isWithoutInstance(refusal) ? 'RESOURCE:FARGATE' : failureReason(refusal);

/** One entry of `failures[]`. `instanceArn`: the ARN of `refusal.nearestInstanceId`, if there is one. */
export function failureOf(refusal: Refusal, instanceArn?: string): Failure {
  const detail = countsDetail(refusal);
  return { ...(instanceArn === undefined ? {} : { arn: instanceArn }), reason: failureReason(refusal), detail };
}

/**
 * The stoppedReason of a task that waited in PROVISIONING for too long. It has no words for a lack of FARGATE
 * capacity, because such tasks do not wait.
 */
export const provisioningFailure = (refusal: Refusal): string => `TaskFailedToStart: ${provisioningCause(refusal)}`;

function provisioningCause(refusal: Refusal): string {
  if (refusal.reason === 'CAPACITY_PROVIDER') return 'EMPTY CAPACITY PROVIDER';
  return refusal.reason === 'NO_INSTANCES' ? 'NO ACTIVE INSTANCES' : failureReason(refusal);
}

/** Reasons that concern no instance. */
const OF_NO_INSTANCE: readonly RefusalReason[] = ['NO_INSTANCES', 'CAPACITY_PROVIDER', 'UNPLACEABLE'];

/** A FARGATE refusal names no instance, although the cluster may have some. */
const isWithoutInstance = ({ reason, nearestInstanceId }: Refusal): boolean =>
  nearestInstanceId === undefined && !OF_NO_INSTANCE.includes(reason);

/** The closest instance of another group is not worth naming. */
const isWithoutProvider = ({ reason }: Refusal): boolean => reason === 'CAPACITY_PROVIDER';

function failureReason(refusal: Refusal): string {
  if (isWithoutInstance(refusal)) return FARGATE_UNAVAILABLE;
  if (refusal.reason === 'NO_INSTANCES') return NO_INSTANCES_MESSAGE;
  if (isWithoutProvider(refusal)) return NO_PROVIDER_INSTANCES;
  if (refusal.reason === 'UNPLACEABLE') return refusal.message ?? 'The task cannot be placed anywhere.';
  return refusal.reason === 'CONSTRAINT' ? CONSTRAINT_UNSATISFIED[refusal.constraint ?? 'memberOf'] : refusal.reason;
}

function eventDetail(refusal: Refusal): string {
  const closest = `The closest matching (container-instance ${refusal.nearestInstanceId ?? ''})`;
  switch (refusal.reason) {
    case 'NO_INSTANCES':
      return `Reason: ${NO_INSTANCES_MESSAGE}`;
    case 'RESOURCE:CPU':
      return `${closest} has insufficient CPU units available.`;
    case 'RESOURCE:MEMORY':
      return `${closest} has insufficient memory available.`;
    case 'RESOURCE:PORTS':
      return `${closest} is already using a port required by your task.`;
    case 'ATTRIBUTE':
      return `${closest} is missing an attribute required by your task.`;
    case 'AGENT':
    case 'CAPACITY_PROVIDER':
    case 'RESOURCE:GPU':
    case 'CONSTRAINT':
    case 'UNPLACEABLE':
      return `${closest} encountered error "${failureReason(refusal)}".`;
  }
}

const LACKS: Readonly<Record<Exclude<RefusalReason, 'NO_INSTANCES'>, string>> = {
  AGENT: 'whose agent is not connected',
  'RESOURCE:CPU': 'with too little CPU left',
  'RESOURCE:MEMORY': 'with too little memory left',
  'RESOURCE:PORTS': 'with a required host port in use',
  'RESOURCE:GPU': 'with too few GPUs left',
  ATTRIBUTE: 'without a required attribute',
  CONSTRAINT: 'outside the placement constraints',
  CAPACITY_PROVIDER: 'of another capacity provider',
  UNPLACEABLE: 'that cannot take such a task',
};

/** `3 container instances refused: 2 with too little memory left, 1 whose agent is not connected.` */
function countsDetail({ counts }: Refusal): string {
  const total = counts.reduce((sum, { instances }) => sum + instances, 0);
  if (total === 0) return 'The cluster has no container instance that takes tasks.';
  const parts = counts.flatMap(({ reason, instances }) =>
    reason === 'NO_INSTANCES' ? [] : [`${instances} ${LACKS[reason]}`],
  );
  return `${total} container ${total === 1 ? 'instance' : 'instances'} refused: ${parts.join(', ')}.`;
}
