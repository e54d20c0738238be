/** Random steps from a seed: plain ones, as a person could have written them, so that a failing run can be made shorter. */
import type { Random } from '../random.ts';
import type { Scenario } from './scenario.ts';
import type { Step, StepKind } from './step.ts';

type RandomPart = NonNullable<Scenario['random']>;

/** What a step needs that is drawn: names of services and kinds of tasks, instances by number. */
interface Draw {
  readonly random: Random;
  readonly part: RandomPart;
  readonly good: readonly string[];
  readonly all: readonly string[];
  readonly instances: number;
  readonly hasCapacityFor: number;
}

/** `count` of them, or as many as the scenario says; with a settle wherever one is due and at the end. */
export function generateSteps(scenario: Scenario, random: Random, count = scenario.random?.count ?? 0): Step[] {
  const part = scenario.random;
  if (!part) return [];
  const all = Object.keys(scenario.tasks);
  const draw: Draw = {
    random,
    part,
    all,
    good: all.filter((name) => scenario.tasks[name]?.broken !== true),
    instances: scenario.cluster.instances.reduce((sum, group) => sum + group.count, 0),
    hasCapacityFor: part.desiredCount,
  };
  const steps: Step[] = [];
  for (let i = 0; i < count; i += 1) {
    steps.push({ ...drawStep(pickKind(part.mix, random), draw), after: random.within(part.every) });
    if ((i + 1) % part.settleEvery === 0 || i === count - 1) steps.push({ do: 'settle' });
  }
  return steps;
}

function pickKind(mix: RandomPart['mix'], random: Random): StepKind {
  const weights = Object.entries(mix) as [StepKind, number][];
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [kind, weight] of weights) {
    left -= weight;
    if (left < 0) return kind;
  }
  return weights[0]?.[0] ?? 'wait';
}

function drawStep(kind: StepKind, draw: Draw): Step {
  const { random, part } = draw;
  const service = `service-${1 + random.below(part.services)}`;
  const instance = random.below(draw.instances);
  const desiredCount = random.below(part.desiredCount + 1);
  switch (kind) {
    case 'createService':
      return { do: kind, service, tasks: random.pick(draw.good), desiredCount, ...drawRollout(draw) };
    case 'updateService':
      return { do: kind, service, tasks: random.pick(draw.all), ...(random.chance(0.3) ? drawRollout(draw) : {}) };
    case 'scale':
      return { do: kind, service, desiredCount };
    case 'forceDeployment':
    case 'deleteService':
      return { do: kind, service };
    case 'runTask':
      return { do: kind, tasks: random.pick(draw.all), count: 1 + random.below(5) };
    case 'stopTask':
      return { do: kind, place: random.next() };
    case 'protectTask':
      return { do: kind, place: random.next(), ...(random.chance(0.7) ? { minutes: 1 + random.below(10) } : {}) };
    case 'drain':
    case 'activate':
    case 'silence':
    case 'reconnect':
    case 'killAgent':
    case 'powerOff':
    case 'startAgent':
    case 'deregister':
      return { do: kind, instance };
    case 'addInstance':
      return { do: kind, like: instance };
    case 'killWorker':
    case 'loseTemporal':
    case 'settle':
      return { do: kind };
    case 'wait':
      return { do: kind, for: random.within({ least: 1_000, most: 120_000 }) };
  }
}

function drawRollout({ random }: Draw) {
  const bounds = random.pick([
    { minimumHealthyPercent: 100, maximumPercent: 200 },
    { minimumHealthyPercent: 50, maximumPercent: 100 },
    { minimumHealthyPercent: 50, maximumPercent: 150 },
    { minimumHealthyPercent: 0, maximumPercent: 100 },
    { minimumHealthyPercent: 100, maximumPercent: 110 },
  ]);
  const circuitBreaker = random.pick(['off', 'on', 'rollback', 'rollback'] as const);
  return { ...bounds, circuitBreaker, ...(random.chance(0.3) ? { spread: 'zone' as const } : {}) };
}
