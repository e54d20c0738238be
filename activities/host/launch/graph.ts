/** Decides which containers of a task to start and stop next. Pure: states and time are values. */
import type { HealthStatus } from '../../../model/status.ts';
import type { EpochMs } from '../../../model/time.ts';
import { defined } from '../../../model/defined.ts';
import type { ContainerPlan, Dependency } from './plan.ts';

/**
 * waiting → starting → running → stopping → stopped. `starting`: a create or start is under way. A container that never
 * ran also becomes stopped.
 */
export type Phase = 'waiting' | 'starting' | 'running' | 'stopping' | 'stopped';

export interface ContainerState {
  readonly phase: Phase;
  /** Whether its image is on the host. */
  readonly pulled: boolean;
  readonly startedAt?: EpochMs;
  readonly exitCode?: number;
  readonly health?: HealthStatus;
}

export interface TaskState {
  readonly plans: readonly ContainerPlan[];
  readonly states: ReadonlyMap<string, ContainerState>;
  /** Whether the task must end: then nothing more starts. */
  readonly stopping: boolean;
  readonly now: EpochMs;
}

export interface NextSteps {
  readonly start: readonly string[];
  readonly stop: readonly string[];
  /** Containers that can never start, and why. */
  readonly unreachable: readonly { readonly name: string; readonly reason: string }[];
  /** When the next start timeout ends. */
  readonly wakeAt?: EpochMs;
}

type Verdict =
  { readonly kind: 'met' } | { readonly kind: 'waiting' } | { readonly kind: 'never'; readonly reason: string };
const MET: Verdict = { kind: 'met' };
const WAITING: Verdict = { kind: 'waiting' };

/**
 * Decides what to do next. A container starts once all its dependencies hold. When the task ends, a container stops
 * once nothing that runs depends on it.
 */
export function nextSteps(task: TaskState): NextSteps {
  if (task.stopping) return { start: [], stop: stoppable(task), unreachable: [] };
  const start: string[] = [];
  const unreachable: { name: string; reason: string }[] = [];
  for (const plan of task.plans) {
    const state = task.states.get(plan.name);
    if (state?.phase !== 'waiting') continue;
    const verdicts = plan.dependsOn.map((d) => judge(d, task));
    const never = verdicts.find((v) => v.kind === 'never');
    if (never !== undefined) unreachable.push({ name: plan.name, reason: never.reason });
    else if (state.pulled && verdicts.every((v) => v.kind === 'met')) start.push(plan.name);
  }
  const wakeAt = earliestTimeout(task);
  return { start, stop: [], unreachable, ...defined({ wakeAt }) };
}

function judge(dependency: Dependency, task: TaskState): Verdict {
  const { containerName, condition } = dependency;
  const state = task.states.get(containerName);
  if (state === undefined) return { kind: 'never', reason: `container ${containerName} is not part of the task` };
  const verdict = judgeCondition(dependency, state);
  if (verdict.kind !== 'waiting') return verdict;
  const limit = timeoutOf(dependency, task);
  if (limit === undefined || task.now < limit) return WAITING;
  return { kind: 'never', reason: `container ${containerName} did not become ${condition} within its startTimeout` };
}

function judgeCondition({ containerName, condition }: Dependency, state: ContainerState): Verdict {
  const hasStarted = state.startedAt !== undefined;
  const ended = state.phase === 'stopped';
  const never = (what: string): Verdict => ({ kind: 'never', reason: `container ${containerName} ${what}` });
  if (ended && !hasStarted) return never('did not start');
  switch (condition) {
    case 'START':
      return state.phase === 'running' || (ended && hasStarted) ? MET : WAITING;
    case 'COMPLETE':
      return ended ? MET : WAITING;
    case 'SUCCESS':
      if (!ended) return WAITING;
      return state.exitCode === 0 ? MET : never(`exited with code ${String(state.exitCode)}`);
    case 'HEALTHY':
      if (ended) return never('stopped before it was healthy');
      return state.health === 'HEALTHY' ? MET : WAITING;
  }
}

/** When a dependency times out. START has no time limit. */
function timeoutOf({ containerName, condition }: Dependency, task: TaskState): EpochMs | undefined {
  const seconds = task.plans.find((p) => p.name === containerName)?.startTimeoutSeconds;
  const startedAt = task.states.get(containerName)?.startedAt;
  if (condition === 'START' || seconds === undefined || startedAt === undefined) return undefined;
  return startedAt + seconds * 1000;
}

function earliestTimeout(task: TaskState): EpochMs | undefined {
  const limits = task.plans
    .filter((p) => task.states.get(p.name)?.phase === 'waiting')
    .flatMap((p) => p.dependsOn.filter((d) => judge(d, task).kind === 'waiting').map((d) => timeoutOf(d, task)))
    .filter((limit) => limit !== undefined);
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/**
 * Whether every container has started, or only waits because an engine takes time: all that it depends on was there.
 * Which container an engine happens to start first does not decide whether a task has run.
 */
export const hadTheirTurn = (task: Pick<TaskState, 'plans' | 'states'>): boolean =>
  task.plans.every((plan) => hadItsTurn(plan, task));

function hadItsTurn(plan: ContainerPlan, task: Pick<TaskState, 'plans' | 'states'>): boolean {
  if (task.states.get(plan.name)?.phase !== 'waiting') return true;
  return plan.dependsOn.every((dependency) => {
    const state = task.states.get(dependency.containerName);
    if (state === undefined) return false;
    const verdict = judgeCondition(dependency, state);
    if (verdict.kind !== 'waiting' || dependency.condition !== 'START') return verdict.kind === 'met';
    const needed = task.plans.find(({ name }) => name === dependency.containerName);
    return needed !== undefined && hadItsTurn(needed, task);
  });
}

const isAlive = (phase: Phase | undefined): boolean =>
  phase === 'starting' || phase === 'running' || phase === 'stopping';

/** Reverse order: a container stops once all that depend on it have stopped. */
function stoppable({ plans, states }: TaskState): string[] {
  const needed = new Set(
    plans.filter((p) => isAlive(states.get(p.name)?.phase)).flatMap((p) => p.dependsOn.map((d) => d.containerName)),
  );
  return plans.map((p) => p.name).filter((name) => states.get(name)?.phase === 'running' && !needed.has(name));
}

/** The facts of a container's end on which its restart policy depends. */
export interface ContainerEnd {
  readonly exitCode: number | undefined;
  /** Of the latest start, restarts included. */
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
}

/** Whether a container that ended by itself runs again: at most once in a period, and never for ignored exit codes. */
export function shouldRestart({ restartPolicy }: ContainerPlan, end: ContainerEnd): boolean {
  if (restartPolicy === undefined || end.exitCode === undefined) return false;
  if (restartPolicy.ignoredExitCodes.includes(end.exitCode)) return false;
  return end.endedAt - end.startedAt >= restartPolicy.periodSeconds * 1000;
}
