/** Reads and checks a scenario as a person writes it: the cluster, the kinds of tasks, what fails, what is done. */
import { readFileSync } from 'node:fs';
import { parse, stringify, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import type { TaskBehaviour } from '../runtime/behaviour.ts';
import { DEFAULT_BEHAVIOUR } from '../runtime/behaviour.ts';
import { expectation, type Expectation } from './expectation.ts';
import { STEP_KINDS, stepSchema, writtenStep, type Step, type StepKind } from './step.ts';
import { duration, name, share, span } from './values.ts';

const instances = z.strictObject({
  /** 0: none at first; a step `addInstance` with the group's number adds some. */
  count: z.number().int().min(0).max(10_000),
  zones: z.array(z.string()).min(1).default(['zone-a']),
  /** In units of 1/1024 core, as everywhere in ECS. */
  cpu: z.number().int().min(128).default(4096),
  memory: z.number().int().min(64).default(8192),
  /** Whether the instances take tasks of FARGATE and FARGATE_SPOT. */
  fargate: z.boolean().default(false),
  /**
   * The operator's capacity provider that the instances belong to. The simulation creates each provider that is named.
   */
  capacityProvider: name.optional(),
  attributes: z.record(z.string(), z.string()).default({}),
});

const tasks = z.strictObject({
  cpu: z.number().int().min(1).default(256),
  memory: z.number().int().min(4).default(512),
  /** Runs on FARGATE: `cpu` and `memory` must be sizes that FARGATE has. */
  fargate: z.boolean().default(false),
  /** A port of the host, so that an instance runs only one such task. */
  hostPort: z.number().int().min(1).max(65_535).optional(),
  healthCheck: z.boolean().default(false),
  pull: span.optional(),
  start: span.optional(),
  stop: span.optional(),
  health: span.optional(),
  slowPulls: z.strictObject({ share, pull: span }).optional(),
  failsToPull: share.optional(),
  failsToStart: share.optional(),
  unhealthy: share.optional(),
  exits: z.strictObject({ share, after: span, exitCode: z.number().int().default(1) }).optional(),
  /** Services of such tasks need not become steady. */
  broken: z.boolean().default(false),
});

const faults = z.strictObject({
  reportsLost: share.optional(),
  reportAnswersLost: share.optional(),
  reportsDelayed: z.strictObject({ share, by: span }).optional(),
  hostActivitiesFail: share.optional(),
  hostAnswersLost: share.optional(),
  databaseAway: share.optional(),
  databaseAnswersLost: share.optional(),
  activityAnswersLost: share.optional(),
  /** Share of workflow tasks after which the run is evicted from memory, so that the next one begins with a replay. */
  evictions: share.optional(),
  /** Share of workflow tasks that are lost: the worker does the work and dies before it answers. */
  workflowTasksLost: share.optional(),
  /** Share of lost first workflow tasks in which the server dies too, and the call that started the run is lost. */
  callsLost: share.optional(),
});

const kindOfStep = z.enum(STEP_KINDS as [StepKind, ...StepKind[]]);

const random = z.strictObject({
  count: z.number().int().min(1),
  /** The pause before each step. */
  every: span.default({ least: 0, most: 20_000 }),
  /** Weights; an absent kind is never drawn. */
  mix: z
    .partialRecord(kindOfStep, z.number().min(0))
    .refine((mix) => mix.expect === undefined, 'expect cannot be drawn: it is only for steps that the author orders'),
  /** Share of drawn services and updates that have PAUSE hooks and a bake time. */
  hooks: share.default(0),
  bakes: share.default(0),
  /** After so many steps faults cease, and everything that was promised must come about. */
  settleEvery: z.number().int().min(1).default(25),
  services: z.number().int().min(1).max(1_000).default(3),
  desiredCount: z.number().int().min(1).max(5_000).default(10),
});

const scenarioSchema = z
  .strictObject({
    name: z.string(),
    cluster: z.strictObject({
      workers: z.number().int().min(1).max(10).default(2),
      instances: z.array(instances).min(1),
    }),
    policy: z
      .strictObject({
        heartbeatTimeout: duration.default(15_000),
        lostAfter: duration.default(60_000),
        /** Tasks that are in PROVISIONING for this long are stopped. */
        provisioningTimeout: duration.default(600_000),
      })
      .prefault({}),
    network: z.strictObject({ latency: span.default({ least: 0.2, most: 5 }) }).prefault({}),
    /** After so many events in a workflow's history, Temporal suggests a new run; small, so that it happens often. */
    continueAsNewAfter: z.number().int().min(50).default(400),
    tasks: z.record(z.string(), tasks),
    faults: faults.prefault({}),
    /** These run first, in this order. */
    steps: z.array(stepSchema).default([]),
    /** What must have come about after these steps and before the random ones. */
    expect: z.array(expectation).default([]),
    random: random.optional(),
  })
  .superRefine((scenario, context) => {
    const refuse = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message });
    const checkTasks = (path: readonly (string | number)[], kind: unknown): void => {
      if (typeof kind === 'string' && scenario.tasks[kind] === undefined)
        refuse([...path, 'tasks'], `there are no tasks "${kind}"`);
    };
    const checkExpectations = (path: readonly (string | number)[], that: readonly Expectation[]): void =>
      that.forEach((one, i) => checkTasks([...path, i], 'tasks' in one ? one.tasks : undefined));
    if (scenario.cluster.instances.every((group) => group.count === 0))
      refuse(['cluster', 'instances'], 'there must be at least one instance at first');
    checkExpectations(['expect'], scenario.expect);
    for (const [i, step] of scenario.steps.entries()) {
      const path = ['steps', i];
      if ('tasks' in step) checkTasks(path, step.tasks);
      if (step.do === 'expect') checkExpectations([...path, 'that'], step.that);
      if (step.do === 'addInstance' && (step.like === undefined) === (step.group === undefined))
        refuse(path, 'name either like or group, not both');
      if (step.do === 'addInstance' && step.group !== undefined && !scenario.cluster.instances[step.group])
        refuse(
          [...path, 'group'],
          `there is no such group: they are numbered 0 to ${scenario.cluster.instances.length - 1}`,
        );
    }
  });

export type Scenario = z.output<typeof scenarioSchema>;
export type TaskKind = Scenario['tasks'][string];

/** A mistake that the author of the scenario can put right. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
}

export function readScenario(file: string): Scenario {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ScenarioError(`The scenario ${file} does not exist.`);
  }
  return parseScenario(text, file);
}

/** Parses YAML or JSON. Throws a ScenarioError that names every mistake with its place. */
export function parseScenario(text: string, file: string): Scenario {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    throw new ScenarioError(`${file} is not YAML: ${error.message}`);
  }
  const result = scenarioSchema.safeParse(value);
  if (result.success) return result.data;
  const mistakes = result.error.issues.map((issue) => `  ${issue.path.join('.') || '(file)'}: ${issue.message}`);
  throw new ScenarioError(`${file} does not describe a scenario:\n${mistakes.join('\n')}`);
}

/** The text of a new scenario file: the given scenario with these steps only. */
export function writeFixedSteps(file: string, steps: readonly Step[]): string {
  const { random: _random, expect: _expect, ...rest } = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return stringify({ ...rest, steps: steps.map(writtenStep) });
}

export const IMAGE_PREFIX = 'simulated/';

/** How tasks of a kind behave. The image names the kind. */
export function behaviourOf(kind: TaskKind | undefined): TaskBehaviour {
  if (!kind) return DEFAULT_BEHAVIOUR;
  const { failsToPull, failsToStart, unhealthy } = kind;
  return {
    pullMs: kind.pull ?? DEFAULT_BEHAVIOUR.pullMs,
    startMs: kind.start ?? DEFAULT_BEHAVIOUR.startMs,
    stopMs: kind.stop ?? DEFAULT_BEHAVIOUR.stopMs,
    healthMs: kind.health ?? DEFAULT_BEHAVIOUR.healthMs,
    ...(kind.slowPulls ? { slowPulls: { share: kind.slowPulls.share, pullMs: kind.slowPulls.pull } } : {}),
    ...defined({ failsToPull, failsToStart, unhealthy }),
    ...(kind.exits
      ? { exits: { share: kind.exits.share, afterMs: kind.exits.after, exitCode: kind.exits.exitCode } }
      : {}),
  };
}
