/** A decision in plain words. Pure: the same record, the same sentence. */
import {
  DECISION_REASONS,
  decisionKind,
  type CallCause,
  type Decision,
  type DecisionCause,
  type DeploymentReason,
  type PlacementExplanation,
} from '../../model/decision.ts';

/** Ids named in one sentence at most. */
const NAMED = 3;

const many = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`;

function list(ids: readonly string[]): string {
  const shown = ids.slice(0, NAMED).join(', ');
  return ids.length > NAMED ? `${shown} and ${ids.length - NAMED} more` : shown;
}

export const callText = ({ operation, principalArn, requestId }: CallCause): string =>
  `the call ${operation} by ${principalArn} (request ${requestId})`;

function causeText(cause: DecisionCause): string {
  switch (cause.kind) {
    case 'call':
      return callText(cause);
    case 'report':
      return `reports on ${many(cause.tasks, 'task')} (${list(cause.taskIds)})`;
    case 'notice':
      return `news of container instance ${cause.containerInstanceId}: ${cause.notice}`;
    case 'capacity':
      return 'container instances that came or changed';
    case 'time':
      return 'the time that it had waited for';
    case 'resumed':
      return 'the return of the control plane';
  }
}

const after = ({ causes }: Decision): string =>
  causes.length === 0 ? '' : ` It followed ${causes.map(causeText).join(', and ')}.`;

function because({ reasons }: Decision): string {
  const parts = reasons.map(({ reason, count }) =>
    reasons.length > 1 ? `${DECISION_REASONS[reason].words} (${count})` : DECISION_REASONS[reason].words,
  );
  return parts.join(', and ');
}

const ofDeployment = ({ deploymentId }: Decision): string =>
  deploymentId === undefined ? '' : ` of deployment ${deploymentId}`;

function refusedText({ refused, nearest }: PlacementExplanation): string {
  if (refused.length === 0) return '';
  const counts = refused.map(({ reason, instances }) => `${instances} for ${reason}`).join(', ');
  const closest =
    nearest === undefined
      ? ''
      : `; ${nearest.containerInstanceId} came closest (${nearest.reason}, ${nearest.shortfall} short)`;
  return ` Refused: ${counts}${closest}.`;
}

function placementText({ placement }: Decision): string {
  if (placement === undefined) return '';
  const { best, decidedBy, considered, eligible } = placement;
  const [first, second] = best;
  const scores = first?.scores.map(({ by, value }) => `${by} ${value}`).join(', ') ?? '';
  const ahead =
    second === undefined || decidedBy === undefined ? '' : `, ahead of ${second.containerInstanceId} by ${decidedBy}`;
  const chosen =
    first === undefined
      ? ''
      : ` The best was ${first.containerInstanceId}${scores === '' ? '' : ` (${scores})`}${ahead}.`;
  return ` Of ${many(considered, 'container instance')} ${eligible} could take one.${chosen}${refusedText(placement)}`;
}

const boundsText = ({ bounds }: Decision): string =>
  bounds === undefined ? '' : ` The service wanted ${bounds.desired}, between ${bounds.lower} and ${bounds.upper}.`;

const factsText = ({ facts = {} }: Decision): string => {
  const parts = Object.entries(facts).map(([name, value]) => `${name}: ${value}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const changesText = ({ changes = {} }: Decision): string =>
  Object.entries(changes)
    .map(([name, [before, now]]) =>
      before === '' ? `${name} ${now}` : `${name} ${before} → ${now === '' ? 'none' : now}`,
    )
    .join(', ');

const timesText = ({ count, lastAt }: Decision): string =>
  count === 1 ? '' : ` So ${count} times, last at ${new Date(lastAt).toISOString()}.`;

/** Which tasks; of a long list, the one that is asked about. */
function subject(decision: Decision, focus: string | undefined): string {
  const { tasks } = decision;
  const own = tasks.find(({ taskId }) => taskId === focus);
  if (own === undefined) return `${many(tasks.length, 'task')} (${list(tasks.map(({ taskId }) => taskId))})`;
  const beside = tasks.length === 1 ? '' : `, with ${many(tasks.length - 1, 'other')},`;
  return `task ${own.taskId}${beside}`;
}

function placeOf(decision: Decision, focus: string | undefined): string {
  const { tasks } = decision;
  const own = tasks.find(({ taskId }) => taskId === focus);
  const places = new Set((own ? [own] : tasks).map(({ containerInstanceId }) => containerInstanceId ?? ''));
  if (places.has('')) return ' to wait for capacity';
  return places.size === 1
    ? ` on container instance ${[...places].join('')}`
    : ` on ${places.size} container instances`;
}

function started(decision: Decision, focus: string | undefined): string {
  const inPlace = decision.tasks.find(({ replaces }) => replaces !== undefined && replaces === focus);
  const own = decision.tasks.find(({ taskId }) => taskId === focus);
  const place = own?.replaces === undefined ? '' : `, in the place of task ${own.replaces}`;
  const which =
    inPlace === undefined
      ? subject(decision, focus)
      : `task ${inPlace.taskId} in the place of task ${inPlace.replaces ?? ''}`;
  return (
    `Started ${which}${ofDeployment(decision)}${placeOf(decision, inPlace?.taskId ?? focus)}${place}: ${because(decision)}.` +
    boundsText(decision) +
    placementText(decision)
  );
}

/** A task that waited has its place. */
function placed(decision: Decision, focus: string | undefined): string {
  const waited = `Placed ${subject(decision, focus)}${ofDeployment(decision)}${placeOf(decision, focus)}`;
  return `${waited}: ${because(decision)}.${asked(decision)}${placementText(decision)}`;
}

/** What became of a deployment, by the reason that is on record. */
const DEPLOYMENT_TURNS: Readonly<Record<DeploymentReason, string>> = {
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
  rolledBack: 'is the primary one again',
  rolledBackByOrder: 'is the primary one again',
  rolledBackByTimeout: 'is the primary one again',
};

function deploymentText(decision: Decision): string {
  const reason = decision.reasons[0]?.reason;
  const turn = Object.entries(DEPLOYMENT_TURNS).find(([known]) => known === reason)?.[1] ?? 'changed';
  const changes = changesText(decision);
  const became = changes === '' ? '' : ` Its ${changes}.`;
  return `Deployment ${decision.deploymentId ?? ''} ${turn}: ${because(decision)}${factsText(decision)}.${became}`;
}

/** Which tasks were not placed, where that is known: those that wait already. */
const waiting = (decision: Decision, focus: string | undefined): string =>
  decision.tasks.length === 0 ? many(decision.reasons[0]?.count ?? 0, 'task') : subject(decision, focus);

/** The container instances that the caller named. */
const named = ({ containerInstanceIds = [] }: Decision): string =>
  containerInstanceIds.length === 0
    ? ''
    : ` on container ${containerInstanceIds.length === 1 ? 'instance' : 'instances'} ${list(containerInstanceIds)}`;

function asked({ asked: request }: Decision): string {
  if (request === undefined) return '';
  const { cpu, memoryMiB, gpus, ports, constraints } = request;
  const parts = [
    `${cpu} CPU units`,
    `${memoryMiB} MiB`,
    ...(gpus === 0 ? [] : [gpus === 'ALL' ? 'all GPUs' : many(gpus, 'GPU')]),
    ...(ports.length > 0 ? [`ports ${ports.join(' ')}`] : []),
    ...constraints,
  ];
  return ` Each asks for ${parts.join(', ')}.`;
}

function body(decision: Decision, focus: string | undefined): string {
  switch (decisionKind(decision)) {
    case 'call': {
      const changes = changesText(decision);
      const begins = decision.deploymentId === undefined ? '' : ` Deployment ${decision.deploymentId}.`;
      return `${because(decision)}: ${changes === '' ? 'nothing' : changes}.${begins}`;
    }
    case 'start':
      return started(decision, focus);
    case 'place':
      return placed(decision, focus);
    case 'noPlace':
      return `Did not place ${waiting(decision, focus)}${ofDeployment(decision)}${named(decision)}: ${because(decision)}${factsText(decision)}.${asked(decision)}${placementText(decision)}`;
    case 'stop':
      return `Stopped ${subject(decision, focus)}${ofDeployment(decision)}: ${because(decision)}${factsText(decision)}.${boundsText(decision)}${placementText(decision)}`;
    case 'deployment':
      return deploymentText(decision);
    case 'wait':
      return `The service waits for ${because(decision)}.`;
    case 'instance':
      return `Container instance ${list(decision.containerInstanceIds ?? [])}: ${because(decision)}${changesText(decision) === '' ? '' : ` (${changesText(decision)})`}.`;
  }
}

/** What was decided, why, on what, and after what. `focus`: the task that is asked about. */
export function sentenceOf(decision: Decision, focus?: string): string {
  const text = body(decision, focus);
  const until = decision.until === undefined ? '' : ` Next attempt at ${new Date(decision.until).toISOString()}.`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${until}${timesText(decision)}${after(decision)}`;
}
