/** The chain behind a task, a service, a deployment or a container instance, from what the store remembers. */
import type { Decision, DecisionKind, DecisionReason } from '../../model/decision.ts';
import { decisionKind } from '../../model/decision.ts';
import type { Task } from '../../model/task.ts';
import type { DecisionFilter, Store } from '../../store/types.ts';
import { callText, sentenceOf } from './sentences.ts';
import { inOrder, type Step } from './step.ts';
import { taskSteps } from './task-steps.ts';

/** Decisions in one answer at most: the last ones. */
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
  sentence: sentenceOf(decision, focus),
  decision,
});

/** Calls that led to the task: the first and the last about its deployment, and the last one about its service before it started. */
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

/** What a capacity provider strategy may come from: the last call about the cluster's providers before the task started. */
const callOnProviders = (store: Store, task: Task | undefined, start: Decision | undefined) =>
  task?.capacityProviderName === undefined || start === undefined
    ? []
    : store.listDecisions({ clusterName: start.clusterName, ofCluster: true, until: start.at }, 1);

const byTime = (a: Decision, b: Decision): number => a.at - b.at;

/** A call that changed nothing but to start this: it has no record of its own, the first decision names it. */
function callItself(decisions: readonly Decision[]): readonly Step[] {
  const [first] = decisions.filter((decision) => decision.reasons[0]?.reason !== 'providersSet').sort(byTime);
  if (first === undefined || decisionKind(first) === 'call') return [];
  const call = first.causes.find((cause) => cause.kind === 'call');
  if (call === undefined) return [];
  const text = callText(call);
  return [{ at: first.at, kind: 'call', sentence: `${text.charAt(0).toUpperCase()}${text.slice(1)}.` }];
}

const ofKind = (decisions: readonly Decision[], kind: DecisionKind): Decision | undefined =>
  decisions.find((decision) => decisionKind(decision) === kind);

/** Stops that come from what became of the container instance. */
const BY_INSTANCE: ReadonlySet<DecisionReason> = new Set([
  'draining',
  'drainingPending',
  'spotInterrupted',
  'instanceGone',
]);
/** What an instance is told, or is found to be. */
const INSTANCE_ENDS: ReadonlySet<DecisionReason> = new Set(['statusSet', 'interrupted', 'deregistered', 'givenUp']);

const has = ({ reasons }: Decision, known: ReadonlySet<DecisionReason>): boolean =>
  reasons.some(({ reason }) => known.has(reason));

/** What led to the end of the task, beyond its own record: the last call about its service, what became of its instance. */
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
  // Its row is as old as the round that decided on it: what it holds came with the decision.
  const steps = task === undefined ? [] : taskSteps({ ...task, createdAt: Math.max(task.createdAt, decided) });
  return [...callItself(decisions), ...decisions.map((decision) => stepOf(decision, id)), ...steps];
}

/** Empty when nothing is known of it. */
export async function whyChain(store: Store, question: WhyQuestion): Promise<readonly Step[]> {
  const { clusterName, subject, id } = question;
  if (subject === 'task') return inOrder(await taskChain(store, question));
  const decisions = await store.listDecisions({ clusterName, [MEMBER[subject]]: id }, LONGEST_CHAIN);
  return inOrder(decisions.map((decision) => stepOf(decision)));
}
