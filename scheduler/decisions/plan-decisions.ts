/** The decisions to record for a plan before it is carried out. Starts are recorded where they are placed. */
import type { DecisionDraft, DeploymentReason, StartReason, WaitReason } from '../../model/decision.ts';
import { breakerThreshold } from '../rollout/circuit-breaker.ts';
import type {
  DeploymentDecision,
  ServicePlan,
  ServiceSnapshot,
  StartDecision,
  StopDecision,
} from '../service/types.ts';
import { deploymentProgress, type DeploymentProgress } from './deployment-progress.ts';

const stopGroup = (stop: StopDecision, deploymentId: string): string =>
  `${stop.because} ${deploymentId} ${stop.stoppedReason}`;

/** One decision for all stops of a deployment with the same reason. */
function stopDecisions(snapshot: ServiceSnapshot, { stop, bounds }: ServicePlan): readonly DecisionDraft[] {
  if (stop.length === 0) return [];
  const tasks = new Map(snapshot.tasks.map((task) => [task.taskId, task]));
  const groups = new Map<string, StopDecision[]>();
  for (const decision of stop) {
    const key = stopGroup(decision, tasks.get(decision.taskId)?.deploymentId ?? '');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [decision]);
    else group.push(decision);
  }
  return [...groups.values()].flatMap((group): readonly DecisionDraft[] => {
    const [first] = group;
    if (first === undefined) return [];
    const deploymentId = tasks.get(first.taskId)?.deploymentId;
    return [
      {
        reasons: [{ reason: first.because, count: group.length }],
        ...(deploymentId === undefined ? {} : { deploymentId }),
        tasks: group.map(({ taskId }) => ({
          taskId,
          containerInstanceId: tasks.get(taskId)?.containerInstanceId ?? '',
        })),
        bounds,
        facts: { stoppedReason: first.stoppedReason },
      },
    ];
  });
}

/** What the record says about each decision on a deployment; counting and the stability of task sets are no decisions. */
function reasonOf(decision: DeploymentDecision): DeploymentReason | undefined {
  switch (decision.kind) {
    case 'complete':
      return 'deploymentCompleted';
    case 'remove':
      return 'deploymentRemoved';
    case 'fail':
    case 'rollBack':
      return decision.because;
    case 'count':
    case 'stability':
      return undefined;
  }
}

/** Failed tasks of a deployment by the circuit breaker's count, and its threshold. */
function breakerFacts(snapshot: ServiceSnapshot, plan: ServicePlan, deploymentId: string) {
  const { definition, deployments } = snapshot;
  const before = deployments.find((deployment) => deployment.deploymentId === deploymentId)?.failedTasks ?? 0;
  const counted = plan.deployments.map((decision) =>
    decision.kind === 'count' && decision.deploymentId === deploymentId ? decision.failures : 0,
  );
  const { thresholdConfiguration } = definition.deploymentCircuitBreaker ?? {};
  return {
    failedTasks: counted.reduce((sum, failures) => sum + failures, before),
    threshold: breakerThreshold(thresholdConfiguration, definition.desiredCount),
  };
}

/** Why a deployment ended: figures, or the words of the order. */
function failureFacts(
  snapshot: ServiceSnapshot,
  plan: ServicePlan,
  { deploymentId, because }: Extract<DeploymentDecision, { kind: 'fail' }>,
): DecisionDraft['facts'] {
  if (because === 'circuitBreaker') return breakerFacts(snapshot, plan, deploymentId);
  const reason = plan.serviceDeployments?.find((each) => each.deploymentId === deploymentId)?.statusReason;
  return reason === undefined ? {} : { statusReason: reason };
}

function factsOf(
  snapshot: ServiceSnapshot,
  plan: ServicePlan,
  decision: DeploymentDecision,
): Pick<DecisionDraft, 'facts'> {
  if (decision.kind === 'fail') return { facts: failureFacts(snapshot, plan, decision) ?? {} };
  return decision.kind === 'rollBack' ? { facts: { insteadOf: snapshot.deployments[0]?.deploymentId ?? '' } } : {};
}

const ENDS: ReadonlySet<DeploymentDecision['kind']> = new Set(['complete', 'fail']);

/** Whether the decision changed the service deployment: the end of its own deployment or of its rollback target. */
const explains = (decision: DeploymentDecision, { after }: DeploymentProgress): boolean =>
  ENDS.has(decision.kind) &&
  (decision.deploymentId === after.deploymentId || decision.deploymentId === after.rollback?.deploymentId);

function deploymentDecisions(snapshot: ServiceSnapshot, plan: ServicePlan): readonly DecisionDraft[] {
  const progress = deploymentProgress(snapshot, plan);
  const decided = plan.deployments.flatMap((decision): readonly DecisionDraft[] => {
    const reason = reasonOf(decision);
    if (reason === undefined) return [];
    const changes = progress.find((moved) => explains(decision, moved))?.changes;
    return [
      {
        reasons: [{ reason, count: 1 }],
        deploymentId: decision.deploymentId,
        tasks: [],
        bounds: plan.bounds,
        ...(changes === undefined ? {} : { changes }),
        ...factsOf(snapshot, plan, decision),
      },
    ];
  });
  const others = progress.filter((moved) => !plan.deployments.some((decision) => explains(decision, moved)));
  return [
    ...others.map(({ after, reason, changes }) => ({
      reasons: [{ reason, count: 1 }],
      deploymentId: after.deploymentId,
      tasks: [],
      changes,
    })),
    ...decided,
  ];
}

/** A plan's stops and decisions on deployments, in the order in which they are carried out. */
export const planDecisions = (snapshot: ServiceSnapshot, plan: ServicePlan): readonly DecisionDraft[] => [
  ...deploymentDecisions(snapshot, plan),
  ...stopDecisions(snapshot, plan),
];

/** Waits that only a change from outside, or time, ends. */
const OBSTACLES: ReadonlySet<WaitReason> = new Set(['placement', 'throttle', 'bounds', 'failedDeployment']);

export const holdsUp = ({ waits }: Pick<ServicePlan, 'waits'>): boolean =>
  waits.some((wait) => OBSTACLES.has(wait.for));

/** What a plan is waiting for; undefined if that is nothing. */
export function waitDecision({ deployments }: ServiceSnapshot, plan: ServicePlan): DecisionDraft | undefined {
  if (plan.waits.length === 0) return undefined;
  const until = plan.waits.find((wait) => wait.until !== undefined)?.until;
  return {
    reasons: plan.waits.map((wait) => ({ reason: wait.for, count: wait.tasks })),
    ...(deployments[0] === undefined ? {} : { deploymentId: deployments[0].deploymentId }),
    tasks: [],
    bounds: plan.bounds,
    ...(until === undefined ? {} : { until }),
  };
}

/** The reasons for part of a start: for `count` tasks after the first `skip`. */
export function reasonsOf(
  because: StartDecision['because'],
  skip: number,
  count: number,
): readonly { readonly reason: StartReason; readonly count: number }[] {
  let [passed, left] = [skip, count];
  return because.flatMap((entry) => {
    const skipped = Math.min(passed, entry.count);
    passed -= skipped;
    const share = Math.min(left, entry.count - skipped);
    left -= share;
    return share > 0 ? [{ reason: entry.reason, count: share }] : [];
  });
}
