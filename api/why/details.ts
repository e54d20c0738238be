/** The lines below a headline: what led to the decision, and the facts that it rests on. */
import {
  decisionKind,
  type AskedPlacement,
  type CallCause,
  type DecidedTask,
  type Decision,
  type DecisionCause,
  type DecisionKind,
  type PlacementExplanation,
} from '../../model/decision.ts';
import { capitalized, list, many, namedBy, spaced } from './phrases.ts';

/** Values of a new service that tell nothing. */
const EMPTY: ReadonlySet<string> = new Set(['', '[]']);

export const changesText = ({ changes = {} }: Decision): string =>
  Object.entries(changes)
    .filter(([, [before, now]]) => before !== '' || !EMPTY.has(now))
    .map(([name, [before, now]]) =>
      before === '' ? `${name} ${now}` : `${name} ${before} → ${now === '' ? 'none' : now}`,
    )
    .join(', ');

export const calledBy = ({ principalArn, requestId }: CallCause): string =>
  `called by ${principalArn} (request ${requestId})`;

const NOTICES: Readonly<Record<string, string>> = {
  draining: 'is DRAINING',
  active: 'is ACTIVE',
  returned: 'has an agent again',
  interrupted: 'reached the end of its spot interruption notice',
  lost: 'is gone',
};

function causeText(cause: DecisionCause): string {
  switch (cause.kind) {
    case 'call':
      return `${cause.operation}, ${calledBy(cause)}`;
    case 'report':
      return `${cause.tasks === 1 ? 'a report' : 'reports'} on ${cause.tasks === 1 ? namedBy('task', cause.taskIds) : `${cause.tasks} tasks (${list(cause.taskIds)})`}`;
    case 'notice':
      return `the notice that container instance ${cause.containerInstanceId} ${NOTICES[cause.notice] ?? cause.notice}`;
    case 'capacity':
      return 'new or changed container instances';
    case 'time':
      return 'the timer of an earlier decision';
    case 'resumed':
      return 'the restart of the control plane';
  }
}

function causes(decision: Decision): readonly string[] {
  const [first, ...rest] = decision.causes;
  const isOwnCall = decisionKind(decision) === 'call' && first?.kind === 'call';
  const others = isOwnCall ? rest : decision.causes;
  return [
    ...(isOwnCall ? [capitalized(calledBy(first))] : []),
    ...(others.length === 0 ? [] : [`Caused by ${others.map(causeText).join(', and ')}`]),
  ];
}

/** Leaves out a refusal's reason if the counts of refused instances name it. */
const factsText = ({ facts = {}, placement }: Decision): string =>
  Object.entries(facts)
    .filter(([name, value]) => name !== 'reason' || placement?.refused.some(({ reason }) => reason === value) !== true)
    .map(([name, value]) => `${spaced(name)}: ${value}`)
    .join(', ');

const requestText = ({ count, cpu, memoryMiB, gpus, ports, constraints }: AskedPlacement): string => {
  const parts = [
    `${cpu} CPU units`,
    `${memoryMiB} MiB`,
    ...(gpus === 0 ? [] : [gpus === 'ALL' ? 'all GPUs' : many(gpus, 'GPU')]),
    ...(ports.length > 0 ? [`ports ${ports.join(' ')}`] : []),
    ...constraints,
  ];
  return `${count === 1 ? 'The task needs' : 'Each task needs'} ${parts.join(', ')}`;
};

function bestText({ best, decidedBy }: PlacementExplanation): readonly string[] {
  const [first, second] = best;
  if (first === undefined) return [];
  const scores = first.scores.map(({ by, value }) => `${by} ${value}`).join(', ');
  const ahead =
    second === undefined || decidedBy === undefined ? '' : `, ahead of ${second.containerInstanceId} by ${decidedBy}`;
  return [`Best: ${first.containerInstanceId}${scores === '' ? '' : ` (${scores})`}${ahead}`];
}

function refusedText({ refused, nearest }: PlacementExplanation): readonly string[] {
  if (refused.length === 0) return [];
  const counts = refused.map(({ reason, instances }) => `${instances} for ${reason}`).join(', ');
  if (nearest === undefined) return [`Refused: ${counts}`];
  const { containerInstanceId, reason, shortfall } = nearest;
  // Only a resource falls short by an amount; any other shortfall is 1.
  const lack = reason.startsWith('RESOURCE:') ? `${reason}, short by ${shortfall}` : reason;
  return [`Refused: ${counts}; ${containerInstanceId} came closest (${lack})`];
}

const placementTexts = (placement: PlacementExplanation): readonly string[] => [
  `${placement.eligible} of ${placement.considered} container instances could take a task`,
  ...bestText(placement),
  ...refusedText(placement),
];

const isoTime = (at: number): string => new Date(at).toISOString();

const ids = (tasks: readonly DecidedTask[]): readonly string[] => tasks.map(({ taskId }) => taskId);

function repeats({ count, lastAt }: Decision): readonly string[] {
  return count === 1 ? [] : [`Decided ${count} times, last at ${isoTime(lastAt)}`];
}

/** Kinds of decisions that the desired count and its bounds explain. */
const BY_BOUNDS: ReadonlySet<DecisionKind> = new Set(['start', 'stop']);

function boundsTexts({ bounds, reasons }: Decision, kind: DecisionKind): readonly string[] {
  if (bounds === undefined) return [];
  if (!BY_BOUNDS.has(kind) && !reasons.some(({ reason }) => reason === 'bounds')) return [];
  return [`Desired count ${bounds.desired}, with ${bounds.lower} to ${bounds.upper} tasks allowed`];
}

/** The members of something new, or the changes of something that existed. */
function changesTexts(decision: Decision): readonly string[] {
  const text = changesText(decision);
  if (text === '') return [];
  const isNew = Object.values(decision.changes ?? {}).every(([before]) => before === '');
  return [`${isNew ? 'With' : 'Changed:'} ${text}`];
}

/** `changesBelow`: whether the headline leaves out the changes. */
export function detailsOf(decision: Decision, { changesBelow }: { readonly changesBelow: boolean }): readonly string[] {
  const { asked, deploymentId, placement, tasks, until } = decision;
  const kind = decisionKind(decision);
  const facts = factsText(decision);
  return [
    ...causes(decision),
    ...(changesBelow ? changesTexts(decision) : []),
    ...(facts === '' ? [] : [capitalized(facts)]),
    ...(asked === undefined || kind === 'start' ? [] : [requestText(asked)]),
    ...(placement === undefined ? [] : placementTexts(placement)),
    ...boundsTexts(decision, kind),
    ...(kind === 'call' && tasks.length > 0 ? [capitalized(namedBy('task', ids(tasks)))] : []),
    ...(deploymentId === undefined || kind === 'deployment' ? [] : [`Deployment ${deploymentId}`]),
    ...(until === undefined
      ? []
      : [kind === 'wait' ? `Until ${isoTime(until)} at the latest` : `Next attempt at ${isoTime(until)}`]),
    ...repeats(decision),
  ];
}
