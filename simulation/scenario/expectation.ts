/**
 * What a scenario expects of a service, of tasks of one kind or of an instance. The members are plain, so that an
 * expectation reads as a sentence.
 */
import { z } from 'zod';
import { SERVICE_DEPLOYMENT_STATUSES } from '../../model/service-deployment.ts';
import { STOP_CODES, TASK_STATUSES } from '../../model/status.ts';
import { name } from './values.ts';

const count = z.number().int().min(0).max(5_000);

/** Requires at least one member besides the subject. */
const says = (subject: string) => (value: object) => Object.keys(value).some((key) => key !== subject);
const NOTHING_SAID = 'expects nothing: name a member, for example running: 3';

const ofService = z
  .strictObject({
    service: name,
    status: z.enum(['ACTIVE', 'DRAINING', 'INACTIVE']).optional(),
    desired: count.optional(),
    running: count.optional(),
    pending: count.optional(),
    /** The kind of tasks that its PRIMARY deployment has. */
    tasks: name.optional(),
    /** How many of its tasks run in each named zone. */
    zones: z.record(z.string(), count).optional(),
    /** The status of its newest service deployment. */
    deployment: z.enum(SERVICE_DEPLOYMENT_STATUSES).optional(),
    /** How many tasks of each named task set run. */
    taskSets: z.record(z.string(), count).optional(),
    /** A part of the message of one of its events. */
    event: z.string().min(1).optional(),
    /** How many of its events have that part; without it at least one. */
    times: count.optional(),
  })
  .refine(says('service'), NOTHING_SAID);

/** How many tasks of a kind match the other members; without a count, at least one. */
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
    /** The instance's number, from 0. */
    instance: z.number().int().min(0),
    status: z.enum(['ACTIVE', 'DRAINING', 'INACTIVE']).optional(),
    connected: z.boolean().optional(),
    /** How many of its tasks are not STOPPED. */
    tasks: count.optional(),
  })
  .refine(says('instance'), NOTHING_SAID);

const SUBJECTS = { service: ofService, instance: ofInstance, tasks: ofTasks } as const;

export type ServiceExpectation = z.output<typeof ofService>;
export type TaskExpectation = z.output<typeof ofTasks>;
export type InstanceExpectation = z.output<typeof ofInstance>;
export type Expectation = ServiceExpectation | TaskExpectation | InstanceExpectation;

/** The member that names the subject decides between the three, so that an error message concerns that one alone. */
export const expectation = z.record(z.string(), z.unknown()).transform((value, context): Expectation => {
  const subject = (['service', 'instance', 'tasks'] as const).find((key) => key in value);
  if (subject === undefined) {
    context.addIssue({
      code: 'custom',
      message: 'name a service, an instance or a kind of tasks',
    });
    return z.NEVER;
  }
  const result = SUBJECTS[subject].safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});
