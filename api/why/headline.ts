/** What was decided and why, on one line. */
import {
  DECISION_REASONS,
  decisionKind,
  type Decision,
  type DecidedTask,
  type DeploymentReason,
} from '../../model/decision.ts';
import { changesText } from './details.ts';
import { list, many, namedBy } from './phrases.ts';

/** If a call changes more than this, the changes go below the headline. */
const CHANGES_IN_HEADLINE = 2;

/** All reasons; if there are several, each with its number of tasks. */
function reasonsText({ reasons }: Decision): string {
  const parts = reasons.map(({ reason, count }) =>
    reasons.length > 1 ? `${DECISION_REASONS[reason].words} (${count})` : DECISION_REASONS[reason].words,
  );
  return parts.join(' and ');
}

const because = (decision: Decision): string => ` because ${reasonsText(decision)}`;

/** Whether the changes must be listed below the headline. */
export const hasManyChanges = ({ changes = {} }: Decision): boolean =>
  Object.keys(changes).length > CHANGES_IN_HEADLINE;

function callHeadline(decision: Decision): string {
  const call = decision.causes.find(({ kind }) => kind === 'call');
  const name = call?.kind === 'call' ? call.operation : 'The API';
  const changes = changesText(decision);
  if (hasManyChanges(decision)) return `${name} was called`;
  return `${name} was called: ${changes === '' ? 'nothing changed' : changes}`;
}

/** The tasks of a decision; of several, the one in `focus` comes first. */
function subject({ tasks }: Decision, focus: string | undefined): string {
  const own = tasks.find(({ taskId }) => taskId === focus);
  if (own === undefined) {
    const ids = tasks.map(({ taskId }) => taskId);
    return ids.length === 1 ? `task ${ids.join('')}` : `${many(ids.length, 'task')} (${list(ids)})`;
  }
  const others = tasks.length === 1 ? '' : ` and ${many(tasks.length - 1, 'other task')}`;
  return `task ${own.taskId}${others}`;
}

function placeOf(tasks: readonly DecidedTask[]): string {
  const places = new Set(tasks.map(({ containerInstanceId }) => containerInstanceId ?? ''));
  if (places.has('')) return tasks.length === 1 ? ', which waits for capacity,' : ', which wait for capacity,';
  return places.size === 1
    ? ` on container instance ${[...places].join('')}`
    : ` on ${places.size} container instances`;
}

/** The task in `focus`, or all. */
function meant({ tasks }: Decision, focus: string | undefined): readonly DecidedTask[] {
  const own = tasks.filter(({ taskId }) => taskId === focus);
  return own.length === 0 ? tasks : own;
}

function startHeadline(decision: Decision, focus: string | undefined): string {
  const successor = decision.tasks.find(({ replaces }) => replaces !== undefined && replaces === focus);
  const asked = successor?.taskId ?? focus;
  const tasks = meant(decision, asked);
  const [first] = tasks;
  const place = tasks.length === 1 && first?.replaces !== undefined ? ` to replace task ${first.replaces}` : '';
  const started = successor === undefined ? subject(decision, asked) : `task ${successor.taskId}`;
  return `Started ${started}${placeOf(tasks)}${place}${because(decision)}`;
}

/** The container instances that the caller named. */
const requested = ({ containerInstanceIds = [] }: Decision): string =>
  containerInstanceIds.length === 0 ? '' : ` on ${namedBy('container instance', containerInstanceIds)}`;

/** Tasks without a place have ids only if they are already waiting. */
const unplaced = (decision: Decision, focus: string | undefined): string =>
  decision.tasks.length === 0 ? many(decision.reasons[0]?.count ?? 0, 'task') : subject(decision, focus);

/** What happened to a deployment, by the recorded reason. */
const DEPLOYMENT_VERBS: Readonly<Record<DeploymentReason, string>> = {
  deploymentBegan: 'began',
  stageDone: 'went on',
  hookExpired: 'went on',
  deploymentCompleted: 'completed',
  deploymentRemoved: 'left the service',
  superseded: 'was stopped',
  circuitBreaker: 'failed',
  stopOrdered: 'was stopped',
  rollbackOrdered: 'was given up',
  hookTimedOut: 'was given up',
  rolledBack: 'is the primary deployment again',
  rolledBackByOrder: 'is the primary deployment again',
  rolledBackByTimeout: 'is the primary deployment again',
};

function deploymentHeadline(decision: Decision): string {
  const reason = decision.reasons[0]?.reason;
  const verb = Object.entries(DEPLOYMENT_VERBS).find(([known]) => known === reason)?.[1] ?? 'changed';
  return `Deployment ${decision.deploymentId ?? ''} ${verb}${because(decision)}`;
}

/** `focus`: the task that the question is about. */
export function headlineOf(decision: Decision, focus: string | undefined): string {
  switch (decisionKind(decision)) {
    case 'call':
      return callHeadline(decision);
    case 'start':
      return startHeadline(decision, focus);
    case 'place':
      return `Placed ${subject(decision, focus)}${placeOf(meant(decision, focus))}${because(decision)}`;
    case 'noPlace':
      return `Did not place ${unplaced(decision, focus)}${requested(decision)}${because(decision)}`;
    case 'stop':
      return `Stopped ${subject(decision, focus)}${because(decision)}`;
    case 'deployment':
      return deploymentHeadline(decision);
    case 'wait':
      return `The service is waiting for ${reasonsText(decision)}`;
    case 'discard':
      return `Discarded a change${because(decision)}`;
    case 'instance':
      return `Container instance ${list(decision.containerInstanceIds ?? [])}: ${reasonsText(decision)}`;
  }
}
