/**
 * Draws random steps from a seed. They are plain, as a person could have written them, so that a failing run can be
 * shortened.
 */
import type { Random } from '../random.ts';
import type { Scenario } from './scenario.ts';
import type { CapacityStrategy, Step, StepKind } from './step.ts';

type DrawnStep = Exclude<Step, { do: 'expect' }>;
type RandomPart = NonNullable<Scenario['random']>;

/** What drawn steps choose from: names of services and kinds of tasks, instances by number. */
interface Draw {
  readonly random: Random;
  readonly part: RandomPart;
  readonly good: readonly string[];
  readonly all: readonly string[];
  readonly instances: number;
  readonly scenario: Scenario;
}

const TASK_SETS = ['blue', 'green', 'red'] as const;

/** Draws `count` steps, or as many as the scenario says, with a settle wherever one is due and at the end. */
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
    scenario,
  };
  const steps: Step[] = [];
  for (let i = 0; i < count; i += 1) {
    steps.push({ ...drawStep(pickKind(part.mix, random), draw), after: random.within(part.every), drawn: true });
    if ((i + 1) % part.settleEvery === 0 || i === count - 1) steps.push({ do: 'settle', drawn: true });
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

function drawStep(kind: StepKind, draw: Draw): DrawnStep {
  const { random, part } = draw;
  const service = drawService(kind, draw);
  const instance = random.below(draw.instances);
  const desiredCount = random.below(part.desiredCount + 1);
  switch (kind) {
    case 'createService': {
      const tasks = random.pick(draw.good);
      return { do: kind, service, tasks, desiredCount, ...drawProviders(draw, tasks), ...drawRollout(draw) };
    }
    case 'createExternalService':
      return { do: kind, service, desiredCount };
    case 'createTaskSet': {
      const tasks = random.pick(draw.good);
      return { do: kind, service, tasks, ...drawTaskSet(draw), ...drawProviders(draw, tasks) };
    }
    case 'scaleTaskSet':
      return { do: kind, service, ...drawTaskSet(draw) };
    case 'primaryTaskSet':
      return { do: kind, service, taskSet: random.pick(TASK_SETS) };
    case 'deleteTaskSet':
      return { do: kind, service, taskSet: random.pick(TASK_SETS), force: random.chance(0.7) };
    case 'stopDeployment':
      return { do: kind, service, stopType: random.pick(['ROLLBACK', 'ROLLBACK', 'ABORT'] as const) };
    case 'continueDeployment':
      return { do: kind, service, action: random.pick(['CONTINUE', 'CONTINUE', 'ROLLBACK'] as const) };
    case 'updateService':
      return { do: kind, service, tasks: random.pick(draw.all), ...(random.chance(0.3) ? drawRollout(draw) : {}) };
    case 'scale':
      return { do: kind, service, desiredCount };
    case 'forceDeployment':
    case 'deleteService':
      return { do: kind, service };
    case 'runTask': {
      const tasks = random.pick(draw.all);
      return { do: kind, tasks, count: 1 + random.below(5), ...drawProviders(draw, tasks) };
    }
    case 'startTask':
      return { do: kind, tasks: random.pick(draw.all), instance };
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
    case 'interrupt':
      return { do: kind, instance };
    case 'deregister':
      return { do: kind, instance, force: random.chance(0.6) };
    case 'addInstance':
      return { do: kind, like: instance };
    case 'killWorker':
    case 'loseTemporal':
    case 'settle':
      return { do: kind };
    case 'expect':
      throw new Error('Steps of the kind "expect" cannot be drawn.');
    case 'wait':
      return { do: kind, for: random.within({ least: 1_000, most: 120_000 }) };
  }
}

/** Services with task sets have names of their own. A step that suits any service draws from both sorts. */
function drawService(kind: StepKind, { random, part: { services, mix } }: Draw): string {
  const ofSets = kind === 'createExternalService' || kind.endsWith('TaskSet');
  const ofBoth = kind === 'scale' || kind === 'deleteService';
  const isOfSets = ofSets || (ofBoth && mix.createExternalService !== undefined && random.chance(0.4));
  return `${isOfSets ? 'sets' : 'service'}-${1 + random.below(services)}`;
}

/**
 * Draws nothing if the scenario has no providers: launch types serve then. FARGATE's providers and the operator's do
 * not mix.
 */
function drawProviders({ random, scenario }: Draw, tasks: string): { capacityProviders?: CapacityStrategy } {
  const { instances } = scenario.cluster;
  const own = [...new Set(instances.flatMap(({ capacityProvider }) => capacityProvider ?? []))];
  const names = scenario.tasks[tasks]?.fargate === true ? ['FARGATE', 'FARGATE_SPOT'] : own;
  if (own.length === 0 || names.length === 0 || random.chance(0.2)) return {};
  const first = random.pick(names);
  const others = names.filter((name) => name !== first && random.chance(0.5));
  const capacityProviders: CapacityStrategy = { [first]: { weight: 1, base: random.below(3) } };
  for (const name of others) capacityProviders[name] = { weight: random.below(4), base: 0 };
  return { capacityProviders };
}

const drawTaskSet = ({ random }: Draw) => ({
  taskSet: random.pick(TASK_SETS),
  scale: random.pick([0, 20, 50, 100, 100]),
});

function drawRollout({ random, part }: Draw) {
  const bounds = random.pick([
    { minimumHealthyPercent: 100, maximumPercent: 200 },
    { minimumHealthyPercent: 50, maximumPercent: 100 },
    { minimumHealthyPercent: 50, maximumPercent: 150 },
    { minimumHealthyPercent: 0, maximumPercent: 100 },
    { minimumHealthyPercent: 100, maximumPercent: 110 },
  ]);
  const circuitBreaker = random.pick(['off', 'on', 'rollback', 'rollback'] as const);
  return {
    ...bounds,
    circuitBreaker,
    ...(random.chance(0.3) ? { spread: 'zone' as const } : {}),
    ...(random.chance(part.hooks) ? { hooks: drawHooks(random) } : {}),
    ...(random.chance(part.bakes) ? { bakeMinutes: random.below(6) } : {}),
  };
}

/** Some of them expire before anybody answers. */
function drawHooks(random: Random) {
  const stages = ['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT'] as const;
  const count = 1 + random.below(2);
  return Array.from({ length: count }, () => ({
    stage: random.pick(stages),
    timeoutMinutes: 1 + random.below(8),
    onTimeout: random.pick(['ROLLBACK', 'CONTINUE'] as const),
  }));
}
