/** The chain behind a task, a service, a deployment or a container instance, from what the store remembers. */
import type { Decision } from '../../model/decision.ts';
import { decisionKind } from '../../model/decision.ts';
import type { DecisionFilter, Store } from '../../store/types.ts';
import { sentenceOf } from './sentences.ts';
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

/** Calls that led to the task: those about its deployment, and the last one about its service before it started. */
async function callsBehind(store: Store, decisions: readonly Decision[]): Promise<readonly Decision[]> {
  const start = decisions.find((decision) => decisionKind(decision) === 'start');
  if (start === undefined) return [];
  const { clusterName, deploymentId, serviceName, at: until } = start;
  const kinds = ['call'] as const;
  const [ofDeployment, ofService] = await Promise.all([
    deploymentId === undefined ? [] : store.listDecisions({ clusterName, deploymentId, kinds, until }, 1),
    serviceName === undefined ? [] : store.listDecisions({ clusterName, serviceName, kinds, until }, 1),
  ]);
  return [...ofDeployment, ...ofService];
}

async function taskChain(store: Store, { clusterName, id }: WhyQuestion): Promise<readonly Step[]> {
  const [own, [task]] = await Promise.all([
    store.listDecisions({ clusterName, taskId: id }, LONGEST_CHAIN),
    store.getTasks(clusterName, [id]),
  ]);
  const calls = await callsBehind(store, own);
  const decisions = [...new Map([...calls, ...own].map((decision) => [decision.id, decision])).values()];
  const decided = own.find((decision) => decisionKind(decision) === 'start')?.at ?? 0;
  // Its row is as old as the round that decided on it: what it holds came with the decision.
  const steps = task === undefined ? [] : taskSteps({ ...task, createdAt: Math.max(task.createdAt, decided) });
  return [...decisions.map((decision) => stepOf(decision, id)), ...steps];
}

/** Empty when nothing is known of it. */
export async function whyChain(store: Store, question: WhyQuestion): Promise<readonly Step[]> {
  const { clusterName, subject, id } = question;
  if (subject === 'task') return inOrder(await taskChain(store, question));
  const decisions = await store.listDecisions({ clusterName, [MEMBER[subject]]: id }, LONGEST_CHAIN);
  return inOrder(decisions.map((decision) => stepOf(decision)));
}
