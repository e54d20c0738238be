/** Whether the execution role of a task may read what its definition names, and what it read, for the audit. */
import type { Partition } from '../../model/arn.ts';
import { isAwsError } from '../../model/errors.ts';
import { TaskCallRefused } from '../../model/task-calls.ts';
import { type Asked, authorize, type Judged } from '../auth/authorize.ts';
import type { AskedValue, GrantRecords } from './record.ts';
import type { AssumedRole } from './roles.ts';

/** A call that ECS would make with the role's keys. */
export interface RoleCall {
  /** Such as `secretsmanager` and `GetSecretValue`. */
  readonly service: 'secretsmanager' | 'ssm' | 's3';
  readonly operation: string;
  readonly resource: string;
  /** Such as `AWS::SecretsManager::Secret`. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly context?: Asked['context'];
}

export class ReadAccess {
  readonly #by: AssumedRole | undefined;
  readonly #records: GrantRecords;
  readonly #partition: Partition;
  readonly #allowed: AskedValue[] = [];

  /** `by`: the execution role; undefined where anybody may read, because nobody has to say who calls. */
  constructor(
    by: AssumedRole | undefined,
    { records, partition }: { readonly records: GrantRecords; readonly partition: Partition },
  ) {
    this.#by = by;
    this.#records = records;
    this.#partition = partition;
  }

  /** Throws TaskCallRefused, in ECS's words behind the prefix, if the role's policies do not allow the call. */
  async require(call: RoleCall, prefix: string): Promise<void> {
    const { service, operation, resource, type, parameters, context = {} } = call;
    const by = this.#by;
    const judged: Judged[] = [];
    const asked = { action: `${service}:${operation}`, resources: [resource], context };
    const told = (): AskedValue => ({
      ...{ service, operation, parameters, judged },
      resource: { ARN: resource, accountId: this.#partition.account, type },
      ...(by === undefined ? {} : { by }),
    });
    try {
      if (by !== undefined)
        await authorize(by.caller, [asked], { ...this.#circumstances(), judged: (one) => judged.push(one) });
    } catch (error) {
      if (!isAwsError(error) || error.code !== 'AccessDeniedException') throw error;
      const requestId = await this.#records.denied(told(), error.message);
      const code = service === 's3' ? 'AccessDenied' : error.code;
      throw new TaskCallRefused(`${prefix}${code}: ${error.message} status code: 400, request id: ${requestId}`);
    }
    this.#allowed.push(told());
  }

  /** Puts what was read on record. Rejects, and then nothing must be handed out, if that cannot be done. */
  record(): Promise<void> {
    return this.#records.read(this.#allowed);
  }

  #circumstances() {
    const context = {
      ...{ 'aws:SecureTransport': 'true', 'aws:RequestedRegion': this.#partition.region, 'aws:ViaAWSService': 'false' },
      'aws:TokenIssueTime': new Date(this.#by?.caller.issuedAt ?? Date.now()).toISOString(),
    };
    // The tags of what is read are in the context of each call.
    return { now: Date.now(), context, tagsOf: () => Promise.resolve(undefined) };
  }
}
