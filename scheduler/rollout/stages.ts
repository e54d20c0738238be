/**
 * The stages of a rolling deployment: how far the service deployment under way has come, which PAUSE hooks hold it back,
 * and what must not happen to its tasks meanwhile.
 */
import type { HookProgress, LifecycleStage, ServiceDeployment } from '../../model/service-deployment.ts';
import { LIFECYCLE_STAGES } from '../../model/service-deployment.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import type { EpochMs } from '../../model/time.ts';
import type { RolloutGate } from '../service/gate.ts';
import { changed } from './service-deployments.ts';

/** ECS's default for a hook: a day, then a rollback. */
const HOOK_TIMEOUT_MINUTES = 1440;
const HOOK_TIMEOUT_ACTION = 'ROLLBACK';
const MINUTE_MS = 60_000;

/** What the stages go by. */
export interface RolloutFacts {
  readonly definition: ServiceDefinition;
  readonly desired: number;
  /** Tasks of the new deployment that run and, with a health check, are healthy. */
  readonly ready: number;
  /** An older deployment still has a task, even a stopping one. */
  readonly oldLeft: boolean;
  readonly now: EpochMs;
}

export interface StageProgress {
  /** The very same deployment if nothing has changed. */
  readonly deployment: ServiceDeployment;
  readonly gate: RolloutGate;
  /** A hook that expired with ROLLBACK as its action. */
  readonly timedOut?: HookProgress;
}

/** The criterion, if early success is enabled. */
const early = ({ earlySuccessCriteria: criteria }: ServiceDefinition) =>
  criteria?.enable === true ? criteria : undefined;

const leavesOld = (definition: ServiceDefinition): boolean =>
  early(definition)?.sourceServiceRevisionCleanup === 'DEFERRED';

/** Whether enough of the new tasks are ready: all, or the share that early success requires. */
export function isUp({ definition, desired, ready }: RolloutFacts): boolean {
  const percent = early(definition)?.healthyPercent ?? 100;
  return ready >= Math.ceil((desired * percent) / 100);
}

/** Whether the rollout meets the condition for completion. */
export const isAccomplished = (facts: RolloutFacts): boolean =>
  isUp(facts) && (!facts.oldLeft || leavesOld(facts.definition));

/** Early success is enabled, and its criterion is met. */
export const isEarlySuccess = (facts: RolloutFacts): boolean =>
  early(facts.definition) !== undefined && isAccomplished(facts);

const bakeMs = ({ bakeTimeInMinutes = 0 }: ServiceDefinition): number => bakeTimeInMinutes * MINUTE_MS;

/** When the bake time ends; 0 before it begins. */
const bakedAt = ({ bakeStartedAt }: ServiceDeployment, definition: ServiceDefinition): EpochMs =>
  bakeStartedAt === undefined ? 0 : bakeStartedAt + bakeMs(definition);

/** Whether a stage's condition is met; its hooks are separate. */
function isDone(stage: LifecycleStage, deployment: ServiceDeployment, facts: RolloutFacts): boolean {
  switch (stage) {
    case 'SCALE_UP':
      return isUp(facts);
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return isAccomplished(facts);
    case 'BAKE_TIME':
      return bakedAt(deployment, facts.definition) <= facts.now;
    case 'CLEAN_UP':
      return false;
    case 'RECONCILE_SERVICE':
    case 'PRE_SCALE_UP':
    case 'POST_SCALE_UP':
    case 'POST_PRODUCTION_TRAFFIC_SHIFT':
      return true;
  }
}

/** The hooks of a stage when the deployment reaches it. Ids are unique within the service deployment. */
function hooksOf(stage: LifecycleStage, { definition, now }: RolloutFacts): readonly HookProgress[] {
  const own = (definition.lifecycleHooks ?? []).filter(({ lifecycleStages = [] }) =>
    lifecycleStages.some((each) => each === stage),
  );
  return own.map(({ timeoutConfiguration: timeout }, i) => ({
    hookId: `${stage.toLowerCase().replaceAll('_', '-')}-${i + 1}`,
    stage,
    status: 'AWAITING_ACTION',
    expiresAt: now + (timeout?.timeoutInMinutes ?? HOOK_TIMEOUT_MINUTES) * MINUTE_MS,
    timeoutAction: timeout?.action ?? HOOK_TIMEOUT_ACTION,
  }));
}

/** The deployment when it has just reached a stage. */
function entered(deployment: ServiceDeployment, stage: LifecycleStage, facts: RolloutFacts): ServiceDeployment {
  const fresh = hooksOf(stage, facts);
  return {
    ...deployment,
    lifecycleStage: stage,
    ...(fresh.length === 0 ? {} : { hooks: [...(deployment.hooks ?? []), ...fresh] }),
    ...(stage === 'BAKE_TIME' ? { bakeStartedAt: facts.now } : {}),
  };
}

/** RECONCILE_SERVICE exists only if several revisions run when the deployment begins. */
const firstStage = ({ sourceRevisionIds }: ServiceDeployment): LifecycleStage =>
  sourceRevisionIds.length > 1 ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP';

const next = (stage: LifecycleStage): LifecycleStage =>
  LIFECYCLE_STAGES[LIFECYCLE_STAGES.indexOf(stage) + 1] ?? 'CLEAN_UP';

const isAwaiting = ({ status }: HookProgress): boolean => status === 'AWAITING_ACTION';

/** Expired hooks become TIMED_OUT. */
function withTimeouts(deployment: ServiceDeployment, now: EpochMs): ServiceDeployment {
  const isUpAt = (hook: HookProgress): boolean => isAwaiting(hook) && hook.expiresAt <= now;
  if (deployment.hooks?.some(isUpAt) !== true) return deployment;
  return {
    ...deployment,
    hooks: deployment.hooks.map((hook) => (isUpAt(hook) ? { ...hook, status: 'TIMED_OUT' as const } : hook)),
  };
}

function gateOf(deployment: ServiceDeployment, { definition }: RolloutFacts): RolloutGate {
  const stage = deployment.lifecycleStage;
  const awaiting = (deployment.hooks ?? []).filter(isAwaiting);
  const holdsStarts = stage === 'RECONCILE_SERVICE' || stage === 'PRE_SCALE_UP';
  const baking = stage === 'POST_PRODUCTION_TRAFFIC_SHIFT' || stage === 'BAKE_TIME';
  const times = [
    ...awaiting.map(({ expiresAt }) => expiresAt),
    ...(stage === 'BAKE_TIME' ? [bakedAt(deployment, definition)] : []),
  ];
  return {
    holdsStarts,
    keepsOld: holdsStarts || stage === 'POST_SCALE_UP' || (baking && leavesOld(definition)),
    mayComplete: stage === 'CLEAN_UP',
    awaiting,
    ...(times.length === 0 ? {} : { wakeAt: Math.min(...times) }),
  };
}

/**
 * Moves the deployment as far as its stages allow now: to the next stage while each stage's condition is met and no hook
 * holds it back. The same facts again lead no further.
 */
export function advanceStages(before: ServiceDeployment, facts: RolloutFacts): StageProgress {
  let deployment = withTimeouts(before, facts.now);
  const timedOut = deployment.hooks?.find(
    ({ status, timeoutAction }) => status === 'TIMED_OUT' && timeoutAction === 'ROLLBACK',
  );
  if (timedOut === undefined) {
    if (deployment.lifecycleStage === undefined) deployment = entered(deployment, firstStage(deployment), facts);
    for (;;) {
      const stage: LifecycleStage = deployment.lifecycleStage ?? firstStage(deployment);
      if (deployment.hooks?.some(isAwaiting) === true || !isDone(stage, deployment, facts)) break;
      deployment = entered(deployment, next(stage), facts);
    }
  }
  return {
    deployment: deployment === before ? before : changed(before, deployment, facts.now),
    gate: gateOf(deployment, facts),
    ...(timedOut === undefined ? {} : { timedOut }),
  };
}
