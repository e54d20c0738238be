/**
 * The steps that can be done to a simulated cluster. A step names things by name or number, so that any other step can
 * be left out.
 */
import { z } from 'zod';
import { expectation } from './expectation.ts';
import { duration, name, share } from './values.ts';

/** The instance's number in the simulation, from 0. */
const instance = z.number().int().min(0);
const count = z.number().int().min(0).max(5_000);
const percent = z.number().int().min(0).max(100);
const minutes = z.number().int().min(1).max(20_160);

/** Weights by provider: FARGATE, FARGATE_SPOT, or the provider of a group of instances. */
const capacityProviders = z.record(
  z.string(),
  z.strictObject({ weight: z.number().int().min(0).max(1_000).default(1), base: count.default(0) }),
);
export type CapacityStrategy = z.output<typeof capacityProviders>;

/** A lifecycle hook with the action PAUSE. */
const hook = z.strictObject({
  stage: z.enum(['RECONCILE_SERVICE', 'PRE_SCALE_UP', 'POST_SCALE_UP', 'POST_PRODUCTION_TRAFFIC_SHIFT']),
  timeoutMinutes: minutes,
  onTimeout: z.enum(['ROLLBACK', 'CONTINUE']).default('ROLLBACK'),
});

/** The members of a service. A step that changes a service names only the members that change. */
const serviceShape = {
  /** Name of a kind of tasks in the scenario. */
  tasks: name,
  desiredCount: count,
  schedulingStrategy: z.enum(['REPLICA', 'DAEMON']).optional(),
  capacityProviders: capacityProviders.optional(),
  minimumHealthyPercent: percent.optional(),
  maximumPercent: z.number().int().min(100).max(400).optional(),
  circuitBreaker: z.enum(['off', 'on', 'rollback']).optional(),
  bakeMinutes: z.number().int().min(0).max(1_440).optional(),
  hooks: z.array(hook).max(10).optional(),
  healthCheckGracePeriod: duration.optional(),
  spread: z.enum(['zone', 'instance']).optional(),
  zoneRebalancing: z.boolean().optional(),
};

const undrawn = <Do extends string, Shape extends z.ZodRawShape>(does: Do, shape: Shape) =>
  z.strictObject({
    do: z.literal(does),
    /** The pause before the step. */
    after: duration.optional(),
    ...shape,
  });

const step = <Do extends string, Shape extends z.ZodRawShape>(does: Do, shape: Shape) =>
  undrawn(does, {
    /**
     * Drawn from a seed: the step's calls are made once, and may be lost. Calls of the author's own steps are repeated
     * until they are answered.
     */
    drawn: z.literal(true).optional(),
    ...shape,
  });

const stepSchemas = [
  step('createService', { service: name, ...serviceShape }),
  /** The service has an EXTERNAL deployment controller, so its tasks belong to task sets. */
  step('createExternalService', { service: name, desiredCount: count }),
  step('updateService', { service: name, ...z.object(serviceShape).partial().shape }),
  step('forceDeployment', { service: name }),
  step('scale', { service: name, desiredCount: count }),
  step('deleteService', { service: name }),
  /** Stops the rollout under way; without one, nothing happens. */
  step('stopDeployment', { service: name, stopType: z.enum(['ROLLBACK', 'ABORT']).optional() }),
  /** Continues the first hook that holds the rollout. */
  step('continueDeployment', { service: name, action: z.enum(['CONTINUE', 'ROLLBACK']).optional() }),
  /** `taskSet`: a name within the scenario; `scale`: percent of the service's desired count. */
  step('createTaskSet', {
    service: name,
    taskSet: name,
    tasks: name,
    scale: percent,
    capacityProviders: capacityProviders.optional(),
  }),
  step('scaleTaskSet', { service: name, taskSet: name, scale: percent }),
  step('primaryTaskSet', { service: name, taskSet: name }),
  /** By force unless `force` is false. */
  step('deleteTaskSet', { service: name, taskSet: name, force: z.boolean().optional() }),
  step('runTask', {
    tasks: name,
    count: z.number().int().min(1).max(10),
    capacityProviders: capacityProviders.optional(),
  }),
  step('startTask', { tasks: name, instance }),
  /** Stops one task that is not stopped: a `place` of 0 is the first by id, 0.99 one of the last. */
  step('stopTask', { place: share }),
  step('protectTask', { place: share, minutes: z.number().int().min(1).max(2_880).optional() }),
  step('drain', { instance }),
  step('activate', { instance }),
  /** Gives notice of a spot interruption. */
  step('interrupt', { instance }),
  /** Cuts the network between the agent and the control plane. */
  step('silence', { instance }),
  step('reconnect', { instance }),
  step('killAgent', { instance }),
  step('powerOff', { instance }),
  step('startAgent', { instance }),
  /** By force unless `force` is false. */
  step('deregister', { instance, force: z.boolean().optional() }),
  /** The new instance is like another one, or belongs to a group of `cluster.instances`, counted from 0. */
  step('addInstance', { like: instance.optional(), group: z.number().int().min(0).optional() }),
  step('killWorker', {}),
  step('loseTemporal', {}),
  step('wait', { for: duration }),
  /** Faults cease, every instance comes back, and everything that was promised must come about. */
  step('settle', { within: duration.optional() }),
  /** All of `that` must come about within the time, whatever fails meanwhile. */
  undrawn('expect', { that: z.array(expectation).min(1), within: duration.optional() }),
] as const;

export const stepSchema = z.discriminatedUnion('do', stepSchemas);
export type Step = z.output<typeof stepSchema>;
export type StepKind = Step['do'];

export const STEP_KINDS: readonly StepKind[] = stepSchemas.map((schema) => schema.shape.do.value);

/** Members that are written as durations in a file. */
const DURATIONS: readonly string[] = ['after', 'for', 'within', 'healthCheckGracePeriod'];

/** The step as a file would contain it. */
export const writtenStep = (written: Step): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, DURATIONS.includes(key) ? `${String(value)}ms` : value]),
  );

/** The step on one line, the same whether it was drawn or read from a file. */
export function stepLine(step: Step): string {
  const byName = Object.entries(step).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(byName));
}
