/** Builds the chain behind a task, a service, a deployment or a container instance from the records in the store. */
import type { Decision, DecisionKind, DecisionReason } from '../../model/decision.ts';
import { decisionKind } from '../../model/decision.ts';
import type { Task } from '../../model/task.ts';
import type { DecisionFilter } from '../../store/contract/decisions.ts';
import type { Store } from '../../store/contract/store.ts';
import { calledBy } from './details.ts';
import { capitalized } from './phrases.ts';
import { inOrder, type Step } from './step.ts';
import { taskSteps } from './task-steps.ts';
import { wordingOf } from './wording.ts';

/** An answer has at most this many of the latest decisions. */
export const LONGEST_CHAIN = 200;

export type Subject = 'task' | 'service' | 'deployment' | 'instance';

export interface WhyQuestion {
  readonly clusterName: string;
  readonly subject: Subject;
  readonly id: string;
}

const MEMBER = {
  service: 'serviceName',
  deployment: 'deploymentId',
  instance: 'containerInstanceId',
} as const satisfies Record<Exclude<Subject, 'task'>, keyof DecisionFilter>;

const stepOf = (decision: Decision, focus?: string): Step => ({
  at: decision.at,
  kind: 'decision',
  ...wordingOf(decision, focus),
  decision,
});

/**
 * The calls that led to the task: the first and the last about its deployment, and the last about its service before it
 * started.
 */
async function callsBehind(store: Store, start: Decision | undefined): Promise<readonly Decision[]> {
  if (start === undefined) return [];
  const { clusterName, deploymentId, serviceName, at: until } = start;
  const ofDeployment = deploymentId === undefined ? undefined : { clusterName, deploymentId };
  const ofService = serviceName === undefined ? undefined : { clusterName, serviceName };
  const kinds = ['call'] as const;
  const found = await Promise.all([
    ofDeployment === undefined ? [] : store.listDecisions({ ...ofDeployment, kinds, until, fromFirst: true }, 1),
    ofDeployment === undefined ? [] : store.listDecisions({ ...ofDeployment, kinds, until }, 1),
    ofService === undefined ? [] : store.listDecisions({ ...ofService, kinds, until }, 1),
  ]);
  return found.flat();
}

/**
 * The task's strategy may come from the cluster, so this is the last call about the cluster's providers before the task
 * started.
 */
const callOnProviders = (store: Store, task: Task | undefined, start: Decision | undefined) =>
  task?.capacityProviderName === undefined || start === undefined
    ? []
    : store.listDecisions({ clusterName: start.clusterName, ofCluster: true, until: start.at }, 1);

const byTime = (a: Decision, b: Decision): number => a.at - b.at;

/** A call that only started the task has no record of its own, but the first decision names it. */
function callItself(decisions: readonly Decision[]): readonly Step[] {
  const [first] = decisions.filter((decision) => decision.reasons[0]?.reason !== 'providersSet').sort(byTime);
  if (first === undefined || decisionKind(first) === 'call') return [];
  const call = first.causes.find((cause) => cause.kind === 'call');
  if (call === undefined) return [];
  const details = [capitalized(calledBy(call))];
  return [{ at: first.at, kind: 'call', headline: `${call.operation} was called`, details }];
}

const ofKind = (decisions: readonly Decision[], kind: DecisionKind): Decision | undefined =>
  decisions.find((decision) => decisionKind(decision) === kind);

/** Reasons for stops that follow from what happened to the container instance. */
const BY_INSTANCE: ReadonlySet<DecisionReason> = new Set([
  'draining',
  'drainingPending',
  'spotInterrupted',
  'instanceGone',
]);
/** Reasons why an instance loses its tasks. */
const INSTANCE_ENDS: ReadonlySet<DecisionReason> = new Set(['statusSet', 'interrupted', 'deregistered', 'givenUp']);

const has = ({ reasons }: Decision, known: ReadonlySet<DecisionReason>): boolean =>
  reasons.some(({ reason }) => known.has(reason));

/**
 * What led to the task's end, apart from its own records: the last call about its service, and what happened to its
 * instance.
 */
async function behindTheEnd(store: Store, id: string, own: readonly Decision[]): Promise<readonly Decision[]> {
  const [start, stop] = [ofKind(own, 'start'), ofKind(own, 'stop')];
  if (stop === undefined) return [];
  const { clusterName, serviceName, at: until } = stop;
  const containerInstanceId = stop.tasks.find(({ taskId }) => taskId === id)?.containerInstanceId ?? '';
  const ofInstance = has(stop, BY_INSTANCE) && containerInstanceId !== '';
  const [calls, ofIts] = await Promise.all([
    serviceName === undefined ? [] : store.listDecisions({ clusterName, serviceName, kinds: ['call'], until }, 1),
    ofInstance
      ? store.listDecisions({ clusterName, containerInstanceId, kinds: ['instance'], until }, LONGEST_CHAIN)
      : [],
  ]);
  const ends = ofIts.filter((decision) => has(decision, INSTANCE_ENDS) && decision.at >= (start?.at ?? 0));
  return [...calls, ...ends.slice(-1)];
}

async function taskChain(store: Store, { clusterName, id }: WhyQuestion): Promise<readonly Step[]> {
  const [own, [task]] = await Promise.all([
    store.listDecisions({ clusterName, taskId: id }, LONGEST_CHAIN),
    store.getTasks(clusterName, [id]),
  ]);
  const start = ofKind(own, 'start');
  const behind = await Promise.all([
    callOnProviders(store, task, start),
    callsBehind(store, start),
    behindTheEnd(store, id, own),
  ]);
  const decisions = [...new Map([...behind.flat(), ...own].map((decision) => [decision.id, decision])).values()];
  const decided = start?.at ?? 0;
  // The row has the time at which the round began, which is before the decision; but the decision must come first.
  const steps = task === undefined ? [] : taskSteps({ ...task, createdAt: Math.max(task.createdAt, decided) });
  return [...callItself(decisions), ...decisions.map((decision) => stepOf(decision, id)), ...steps];
}

/** Returns the chain, oldest first; empty if nothing is on record. */
export async function whyChain(store: Store, question: WhyQuestion): Promise<readonly Step[]> {
  const { clusterName, subject, id } = question;
  if (subject === 'task') return inOrder(await taskChain(store, question));
  const decisions = await store.listDecisions({ clusterName, [MEMBER[subject]]: id }, LONGEST_CHAIN);
  return inOrder(decisions.map((decision) => stepOf(decision)));
}
