/** Which tasks stop first when some must: the mirror image of placement. */
import type { PlacementStrategy } from '@aws-sdk/client-ecs';
import { AVAILABILITY_ZONE_ATTRIBUTE } from '../../model/container-instance.ts';
import { groupBy } from '../../model/group-by.ts';
import { textHash } from '../tasks/text-hash.ts';
import type { ServiceSnapshot, ServiceTask } from './types.ts';

/** A task that may have to stop. Lower tiers stop first, whatever the strategies say. */
export interface Candidate {
  readonly task: ServiceTask;
  readonly tier: number;
}

interface Ranked extends Candidate {
  /** Replaces randomness: the same task always draws the same lot. */
  readonly lot: number;
}

/** The mirror of spread: stop in the fullest group. */
interface SpreadStep {
  readonly kind: 'spread';
  readonly group: (task: ServiceTask) => string;
}
/** The mirror of binpack: stop on the instance with the most free. */
interface FreeStep {
  readonly kind: 'mostFree';
  readonly score: (instanceId: string) => number;
}
type Step = SpreadStep | FreeStep;

const byZone: Step = { kind: 'spread', group: (task) => task.availabilityZone ?? '' };
const byInstance: Step = { kind: 'spread', group: (task) => task.containerInstanceId };

function spreadStep(field: string, snapshot: ServiceSnapshot): Step {
  const name = field.replace(/^attribute:/, '');
  if (name === AVAILABILITY_ZONE_ATTRIBUTE) return byZone;
  if (name === 'instanceId' || name === 'host') return byInstance;
  const attributes = snapshot.instanceAttributes ?? {};
  return { kind: 'spread', group: (task) => attributes[task.containerInstanceId]?.[name] ?? '' };
}

function binpackStep(field: string, snapshot: ServiceSnapshot): Step {
  const free = snapshot.instanceFree ?? {};
  const member = field.toLowerCase() === 'cpu' ? 'cpu' : 'memoryMiB';
  return { kind: 'mostFree', score: (instanceId) => free[instanceId]?.[member] ?? 0 };
}

/** Random strategies need no step of their own: lots break the ties that the steps leave. */
function stepsOf(strategies: readonly PlacementStrategy[], snapshot: ServiceSnapshot): readonly Step[] {
  if (strategies.length === 0) return [byZone, byInstance];
  return strategies.flatMap((strategy): readonly Step[] => {
    if (strategy.type === 'spread') return [spreadStep(strategy.field ?? 'instanceId', snapshot)];
    return strategy.type === 'binpack' ? [binpackStep(strategy.field ?? 'memory', snapshot)] : [];
  });
}

const byLot = (a: Ranked, b: Ranked): number => a.lot - b.lot || (a.task.taskId < b.task.taskId ? -1 : 1);

/**
 * Stopping one task in the fullest group again and again gives the same order as sorting by the size that the task's group
 * has when its turn comes, so no task is visited twice. `all`: the tasks that make up the sizes; `some`: those that may stop.
 */
function orderBySize(
  some: readonly Ranked[],
  all: readonly Ranked[],
  step: SpreadStep,
  rest: readonly Step[],
): Ranked[] {
  const sizes = groupBy(all, ({ task }) => step.group(task));
  const bySize = new Map<number, Ranked[]>();
  for (const [key, members] of groupBy(some, ({ task }) => step.group(task))) {
    const present = sizes.get(key) ?? members;
    order(members, present, rest).forEach((item, i) => {
      const size = present.length - i;
      const peers = bySize.get(size);
      if (peers === undefined) bySize.set(size, [item]);
      else peers.push(item);
    });
  }
  const descending = [...bySize].sort(([a], [b]) => b - a);
  return descending.flatMap(([, peers]) => (peers.length < 2 ? peers : peers.sort(byLot)));
}

/** Instance by instance, the one with the most free first: each stop there frees even more. */
function orderByFree(some: readonly Ranked[], all: readonly Ranked[], step: FreeStep, rest: readonly Step[]): Ranked[] {
  const sizes = groupBy(all, ({ task }) => task.containerInstanceId);
  const scored = [...groupBy(some, ({ task }) => task.containerInstanceId)].map(([id, members]) => ({
    id,
    score: step.score(id),
    ordered: order(members, sizes.get(id) ?? members, rest),
  }));
  scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
  return scored.flatMap(({ ordered }) => ordered);
}

function order(some: readonly Ranked[], all: readonly Ranked[], steps: readonly Step[]): Ranked[] {
  if (some.length < 2) return [...some];
  const [step, ...rest] = steps;
  if (step === undefined) return [...some].sort(byLot);
  return step.kind === 'spread' ? orderBySize(some, all, step, rest) : orderByFree(some, all, step, rest);
}

/**
 * The candidates in the order in which they stop. Lowest tier first. Within a tier: without strategies, the zone with the
 * most tasks and there the instance with the most; with strategies, their mirror; then by lot. The input's order is irrelevant.
 */
export function stopOrder(candidates: readonly Candidate[], snapshot: ServiceSnapshot): readonly ServiceTask[] {
  const seed = textHash(`${snapshot.seed ?? ''}/`);
  const steps = stepsOf(snapshot.definition.placementStrategy, snapshot);
  let present = candidates.map(({ task, tier }): Ranked => ({ task, tier, lot: textHash(task.taskId, seed) }));
  const tiers = [...new Set(candidates.map(({ tier }) => tier))].sort((a, b) => a - b);
  return tiers.flatMap((tier) => {
    const ordered = order(
      present.filter((c) => c.tier === tier),
      present,
      steps,
    );
    present = present.filter((c) => c.tier !== tier);
    return ordered.map(({ task }) => task);
  });
}
