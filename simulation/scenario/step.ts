/** What is done to a simulated cluster, one step at a time. Steps name things by name or number, so that any of them can be left out. */
import { z } from 'zod';
import { duration, share } from './values.ts';

const name = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,60}$/, 'is no name');
/** The how-manieth instance of the simulation, from 0. */
const instance = z.number().int().min(0);
const count = z.number().int().min(0).max(5_000);

/** What a service is made of; steps that change one name the members that change. */
const serviceShape = {
  /** Name of a kind of tasks in the scenario. */
  tasks: name,
  desiredCount: count,
  schedulingStrategy: z.enum(['REPLICA', 'DAEMON']).optional(),
  minimumHealthyPercent: z.number().int().min(0).max(100).optional(),
  maximumPercent: z.number().int().min(100).max(400).optional(),
  circuitBreaker: z.enum(['off', 'on', 'rollback']).optional(),
  healthCheckGracePeriod: duration.optional(),
  spread: z.enum(['zone', 'instance']).optional(),
};

const step = <Do extends string, Shape extends z.ZodRawShape>(does: Do, shape: Shape) =>
  z.strictObject({
    do: z.literal(does),
    /** Pause before the step. */
    after: duration.optional(),
    ...shape,
  });

const stepSchemas = [
  step('createService', { service: name, ...serviceShape }),
  step('updateService', { service: name, ...z.object(serviceShape).partial().shape }),
  step('forceDeployment', { service: name }),
  step('scale', { service: name, desiredCount: count }),
  step('deleteService', { service: name }),
  step('runTask', { tasks: name, count: z.number().int().min(1).max(10) }),
  /** One of the tasks that are not stopped: `place` of 0 is the first of them by id, 0.99 one of the last. */
  step('stopTask', { place: share }),
  step('protectTask', { place: share, minutes: z.number().int().min(1).max(2_880).optional() }),
  step('drain', { instance }),
  step('activate', { instance }),
  /** The network between agent and control plane is gone. */
  step('silence', { instance }),
  step('reconnect', { instance }),
  step('killAgent', { instance }),
  step('powerOff', { instance }),
  step('startAgent', { instance }),
  step('deregister', { instance }),
  step('addInstance', { like: instance }),
  step('killWorker', {}),
  step('loseTemporal', {}),
  step('wait', { for: duration }),
  /** Faults cease, every instance comes back, and what was promised must come about. */
  step('settle', { within: duration.optional() }),
] as const;

export const stepSchema = z.discriminatedUnion('do', stepSchemas);
export type Step = z.output<typeof stepSchema>;
export type StepKind = Step['do'];

export const STEP_KINDS: readonly StepKind[] = stepSchemas.map((schema) => schema.shape.do.value);

/** Members that are durations in a file. */
const DURATIONS: readonly string[] = ['after', 'for', 'within', 'healthCheckGracePeriod'];

/** The step as it would stand in a file. */
export const writtenStep = (written: Step): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(written).map(([key, value]) => [key, DURATIONS.includes(key) ? `${String(value)}ms` : value]),
  );
