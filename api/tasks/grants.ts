/**
 * What tasks get of the control plane: keys of their roles, values of their secrets, and answers to calls of their programs. The
 * caller is a container instance, and gets it for the tasks only that it holds.
 */
import type { Logger } from 'pino';
import type { InstanceName } from '../../model/agent-calls.ts';
import { defined } from '../../model/defined.ts';
import { AwsError } from '../../model/errors.ts';
import type {
  ForwardedAnswer,
  ForwardedRequest,
  TaskControl,
  TaskCredentials,
  TaskName,
  TaskSecrets,
} from '../../model/task-calls.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';
import { namedByContainers } from '../../model/task-grants.ts';
import type { SessionTokens } from '../auth/session-tokens.ts';
import { KeyedBuckets } from '../throttle/keyed-buckets.ts';
import { EnvironmentFiles } from './environment-files.ts';
import { type HeldTask, heldTask } from './held-task.ts';
import { ReadAccess } from './read-access.ts';
import { GrantRecords } from './record.ts';
import { type AssumedRole, cannotAssume, TaskRoles } from './roles.ts';
import { readAll } from './secrets.ts';
import { ValueReader, type ValueReaderOptions } from './value-reader.ts';
import { refusedValues } from './words.ts';

/** As ECS gives its tasks. */
const MOST_SECONDS = 6 * 3_600;
/** Of one task: an agent asks when it launches the task, and again each few hours. Each answer is put on record. */
const RATE = { burst: 20, perSecond: 0.1 } as const;
const MOST_TASKS = 50_000;

export interface TaskGrantsOptions extends Pick<ValueReaderOptions, 'store' | 'partition' | 'values'> {
  readonly tokens: SessionTokens;
  /**
   * `loopback`: nobody has to say who calls, so an execution role that is not in IAM reads everything. A role that is in IAM is
   * held to its policies in any case.
   */
  readonly auth: 'loopback' | 'required';
  /** The folder with environment files: an absolute path. */
  readonly environmentFiles?: string;
  /** Whether what tasks got is recorded. */
  readonly audit: 'on' | 'off';
  /** Why nothing can be recorded at present; undefined if all is well. */
  readonly unwritable?: () => string | undefined;
  readonly logger: Logger;
  /** Has the API answer a call, whose signature it verifies. */
  readonly forward: (request: ForwardedRequest) => Promise<ForwardedAnswer>;
}

/** Whoever opens it must close it. */
export class TaskGrants {
  readonly #options: TaskGrantsOptions;
  readonly #roles: TaskRoles;
  readonly #records: GrantRecords;
  readonly #files: EnvironmentFiles | undefined;
  readonly #asked = new KeyedBuckets({ rate: RATE, most: MOST_TASKS, now: () => performance.now() });

  constructor(options: TaskGrantsOptions) {
    this.#options = options;
    this.#roles = new TaskRoles(options);
    this.#records = new GrantRecords(options, { isOn: options.audit === 'on' });
    this.#files = options.environmentFiles === undefined ? undefined : new EnvironmentFiles(options.environmentFiles);
  }

  /** What the agent of this instance may ask. Calls reject with NotHeld for tasks that the instance does not hold. */
  of(instance: InstanceName): TaskControl {
    return {
      secrets: async (name) => this.#secrets(await this.#held(instance, name)),
      credentials: async (name) => this.#credentials(await this.#held(instance, name)),
      forward: async (name, request) => {
        if (name !== undefined) await heldTask(this.#options, instance, name);
        return this.#options.forward(request);
      },
    };
  }

  close(): Promise<void> {
    return this.#records.close();
  }

  async #held(instance: InstanceName, name: TaskName): Promise<HeldTask> {
    const held = await heldTask(this.#options, instance, name);
    if (this.#asked.take(held.arn)) return held;
    throw new AwsError('ThrottlingException', `Too many calls in the name of the task ${held.arn}.`);
  }

  async #credentials(held: HeldTask): Promise<TaskCredentials> {
    const { roles } = held;
    if (roles.task === undefined) throw new TaskCallRefused('The task has no task role.');
    const assumed = await this.#roles.assume(roles.task, held);
    if (assumed === undefined) throw cannotAssume(this.#roles.arnOf(roles.task));
    const { arn, role, session } = assumed;
    const seconds = Math.min(MOST_SECONDS, role.maxSessionSeconds);
    const issued = this.#options.tokens.issue(session, { now: Date.now(), seconds });
    await this.#records.assumed(assumed, issued, seconds);
    return { roleArn: arn, ...issued };
  }

  async #secrets(held: HeldTask): Promise<TaskSecrets> {
    if (namedByContainers(held.definition, held.task.overrides).length === 0) return {};
    const access = new ReadAccess(await this.#executionRole(held), { ...this.#options, records: this.#records });
    const reader = new ValueReader({ ...this.#options, ...defined({ files: this.#files }) }, access);
    const secrets = await readAll(held, reader);
    await access.record();
    return secrets;
  }

  /** undefined: anybody may read. Throws TaskCallRefused. */
  async #executionRole(held: HeldTask): Promise<AssumedRole | undefined> {
    const { execution } = held.roles;
    if (execution === undefined) throw refusedValues('the task has no execution role.');
    const assumed = await this.#roles.assume(execution, held).catch((error: unknown) => {
      throw error instanceof TaskCallRefused ? refusedValues(error.message) : error;
    });
    if (assumed === undefined && this.#options.auth === 'required')
      throw refusedValues(cannotAssume(this.#roles.arnOf(execution)).message);
    return assumed;
  }
}
