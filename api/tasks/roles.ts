/**
 * The roles of tasks, as ECS assumes them: the role exists, and its trust policy lets `ecs-tasks.amazonaws.com` in. Then its
 * policies hold, as for any session of it.
 */
import type { Partition } from '../../model/arn.ts';
import { iamArn } from '../../model/iam/arn.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';
import type { RoleRecord } from '../../store/contract/iam.ts';
import type { Store } from '../../store/contract/store.ts';
import type { Judged } from '../auth/authorize.ts';
import { type Caller, callerOf, Holders } from '../auth/caller.ts';
import { IamVersion } from '../auth/iam-version.ts';
import { decide, type PolicySet } from '../auth/policy/decide.ts';
import { readPolicy } from '../auth/policy/document.ts';
import type { RoleSession } from '../auth/session-tokens.ts';
import { resourceTagKeys } from '../auth/tag-keys.ts';
import { CallReads } from '../call-reads.ts';
import { findRole } from '../sts/rules/role.ts';
import type { HeldTask } from './held-task.ts';

/** The service to which trust policies must open a role of tasks. */
export const ECS_TASKS = 'ecs-tasks.amazonaws.com';

export interface AssumedRole {
  readonly arn: string;
  readonly role: RoleRecord;
  /** Named by the task's id. */
  readonly session: RoleSession;
  readonly caller: Caller;
  readonly judged: Judged;
}

export interface TaskRolesOptions {
  readonly store: Store;
  readonly partition: Partition;
}

export class TaskRoles {
  readonly #options: TaskRolesOptions;
  readonly #holders: Holders;

  constructor(options: TaskRolesOptions) {
    this.#options = options;
    this.#holders = new Holders(options.store, new IamVersion(options.store, Date.now));
  }

  /** The ARN of a role that a definition names, by its name or its ARN. */
  arnOf(named: string): string {
    const { account } = this.#options.partition;
    return named.startsWith('arn:') ? named : iamArn(account, 'role', { path: '/', name: named });
  }

  /** The role in the name of the task; undefined if there is no such role. Throws TaskCallRefused if it does not trust ECS tasks. */
  async assume(named: string, held: HeldTask): Promise<AssumedRole | undefined> {
    const { store, partition } = this.#options;
    const arn = this.arnOf(named);
    const role = await findRole(arn, { reads: new CallReads(store), account: partition.account });
    if (role === undefined) return undefined;
    const judged = this.#judge(arn, role, held);
    if (judged.verdict.decision !== 'allowed') throw cannotAssume(arn);
    const { taskId } = held.task;
    const session = {
      ...{ kind: 'role', name: role.name, id: role.id, sessionName: taskId, tags: {}, transitiveKeys: [] },
    } satisfies RoleSession;
    const caller = await callerOf(session, this.#holders, partition);
    // It was deleted, or made again, a moment ago.
    if (caller === undefined) return undefined;
    return { arn, role, session, caller: { ...caller, issuedAt: Date.now() }, judged };
  }

  #judge(arn: string, role: RoleRecord, held: HeldTask): Judged {
    const { account } = this.#options.partition;
    const policies: PolicySet = {
      identity: [],
      resource: { type: 'trust', policy: readPolicy('trust', role.name, role.trustPolicy) },
    };
    const request = {
      principal: { kind: 'service', arn: ECS_TASKS },
      action: 'sts:AssumeRole',
      resource: arn,
      context: {
        ...{ 'aws:SourceAccount': account, 'aws:SourceArn': held.arn, 'sts:RoleSessionName': held.task.taskId },
        ...resourceTagKeys('iam', role.tags),
      },
      now: Date.now(),
    } as const;
    return { request, verdict: decide(request, policies), policies };
  }
}

/** In ECS's words. */
export const cannotAssume = (arn: string): TaskCallRefused =>
  new TaskCallRefused(
    `ECS was unable to assume the role '${arn}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`,
  );
