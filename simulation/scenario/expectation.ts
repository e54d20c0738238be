/** What a scenario expects to come about: of a service, of tasks of one kind, of an instance. Plain, so that it reads as a sentence. */
import { z } from 'zod';
import { SERVICE_DEPLOYMENT_STATUSES } from '../../model/service-deployment.ts';
import { STOP_CODES, TASK_STATUSES } from '../../model/status.ts';
import { name } from './values.ts';

const count = z.number().int().min(0).max(5_000);

/** What is named must hold, and something must be named. */
const says = (subject: string) => (value: object) => Object.keys(value).some((key) => key !== subject);
const NOTHING_SAID = 'expects nothing: say what is to be, for example running: 3';

const ofService = z
  .strictObject({
    service: name,
    status: z.enum(['ACTIVE', 'DRAINING', 'INACTIVE']).optional(),
    desired: count.optional(),
    running: count.optional(),
    pending: count.optional(),
    /** The kind of tasks of its PRIMARY deployment. */
    tasks: name.optional(),
    /** How many of its tasks run in each zone named. */
    zones: z.record(z.string(), count).optional(),
    /** How its newest rollout stands. */
    deployment: z.enum(SERVICE_DEPLOYMENT_STATUSES).optional(),
    /** Of the task set of that name: how many of its tasks run. */
    taskSets: z.record(z.string(), count).optional(),
    /** A part of one of its events. */
    event: z.string().min(1).optional(),
  })
  .refine(says('service'), NOTHING_SAID);

/** So many tasks of a kind, of those that the other members describe; without a number at least one. */
const ofTasks = z.strictObject({
  tasks: name,
  lastStatus: z.enum(TASK_STATUSES).optional(),
  /** A part of `stoppedReason`. */
  reason: z.string().min(1).optional(),
  stopCode: z.enum(STOP_CODES).optional(),
  capacityProvider: z.string().optional(),
  count: count.optional(),
});

const ofInstance = z
  .strictObject({
    /** The how-manieth, from 0. */
    instance: z.number().int().min(0),
    status: z.enum(['ACTIVE', 'DRAINING', 'INACTIVE']).optional(),
    connected: z.boolean().optional(),
    /** Tasks on it that are not STOPPED. */
    tasks: count.optional(),
  })
  .refine(says('instance'), NOTHING_SAID);

const SUBJECTS = { service: ofService, instance: ofInstance, tasks: ofTasks } as const;

export type ServiceExpectation = z.output<typeof ofService>;
export type TaskExpectation = z.output<typeof ofTasks>;
export type InstanceExpectation = z.output<typeof ofInstance>;
export type Expectation = ServiceExpectation | TaskExpectation | InstanceExpectation;

/** Which of the three it is follows from what it names, so that a mistake is told of that one alone. */
export const expectation = z.record(z.string(), z.unknown()).transform((value, context): Expectation => {
  const subject = (['service', 'instance', 'tasks'] as const).find((key) => key in value);
  if (subject === undefined) {
    context.addIssue({
      code: 'custom',
      message: 'expects something of a service, of an instance, or of tasks: name it',
    });
    return z.NEVER;
  }
  const result = SUBJECTS[subject].safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});
