/** Records in the audit what tasks got, in CloudTrail's form: each credential, and each secret that was read or denied. */
import { randomUUID } from 'node:crypto';
import type { AuditEvent, AuditIdentity, AuditRecord, AuditResource } from '../../model/audit.ts';
import { defined } from '../../model/defined.ts';
import { EcsError } from '../../model/errors.ts';
import { identityOf, inSeconds } from '../audit/identity.ts';
import { judgementsOf } from '../audit/judgements.ts';
import { AuditLedger, type LedgerOptions } from '../audit/ledger.ts';
import { HIDDEN } from '../audit/masking.ts';
import { EVENT_VERSION } from '../audit/record.ts';
import type { Judged } from '../auth/authorize.ts';
import type { TemporaryCredentials } from '../auth/session-tokens.ts';
import { type AssumedRole, ECS_TASKS } from './roles.ts';

/** One secret, parameter or file, asked for in the name of a task. */
export interface AskedValue {
  /** Such as `secretsmanager` and `GetSecretValue`. */
  readonly service: string;
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly resource: AuditResource;
  /** Absent: nobody was asked, because the role is not in IAM. */
  readonly by?: AssumedRole;
  readonly judged: readonly Judged[];
}

const SERVICE: AuditIdentity = { type: 'AWSService', invokedBy: ECS_TASKS };

export class GrantRecords {
  readonly #ledger: AuditLedger | undefined;
  readonly #options: LedgerOptions;

  /** `isOn`: whether calls are recorded. */
  constructor(options: LedgerOptions, { isOn }: { readonly isOn: boolean }) {
    this.#options = options;
    this.#ledger = isOn ? new AuditLedger(options) : undefined;
  }

  /** Records the session of a task's role. Rejects, and then it must not be handed out, if nothing can be recorded. */
  async assumed(
    { arn, session, caller, judged }: AssumedRole,
    issued: TemporaryCredentials,
    seconds: number,
  ): Promise<void> {
    const { account } = this.#options.partition;
    const expiration = new Date(issued.expiresAt).toISOString();
    await this.#write({
      service: 'sts',
      operation: 'AssumeRole',
      identity: SERVICE,
      parameters: { roleArn: arn, roleSessionName: session.sessionName, durationSeconds: seconds },
      answer: {
        credentials: { accessKeyId: issued.accessKeyId, sessionToken: HIDDEN, expiration },
        assumedRoleUser: { assumedRoleId: caller.principal.userId, arn: caller.principal.arn },
      },
      resource: { ARN: arn, accountId: account, type: 'AWS::IAM::Role' },
      judged: [judged],
    });
  }

  /** Records that values were read. Rejects if nothing can be recorded. */
  async read(values: readonly AskedValue[]): Promise<void> {
    await Promise.all(
      values.map((value) => this.#write({ ...value, identity: identityOfReader(value), answer: null })),
    );
  }

  /** Records a denial, in bounded number. Returns the record's id. */
  async denied(value: AskedValue, message: string): Promise<string> {
    const requestId = randomUUID();
    const source = value.by?.arn ?? ECS_TASKS;
    const event = { ...value, identity: identityOfReader(value), answer: null, message };
    await this.#ledger?.writeRefused({ source, known: true, requestId }, (at) => this.#record(event, at, requestId));
    return requestId;
  }

  async close(): Promise<void> {
    await this.#ledger?.close();
  }

  async #write(event: Recorded): Promise<void> {
    const problem = this.#options.unwritable?.();
    if (this.#ledger !== undefined && problem !== undefined)
      throw new EcsError('ServiceUnavailable', `Nothing can be recorded. ${problem}`);
    await this.#ledger?.write((at) => this.#record(event, at, randomUUID()));
  }

  #record(event: Recorded, at: number, requestId: string): AuditRecord {
    const { account, region } = this.#options.partition;
    const { service, operation, identity, parameters, answer, resource, judged, message } = event;
    const shown: AuditEvent = {
      ...{ eventVersion: EVENT_VERSION, userIdentity: identity, eventTime: inSeconds(at) },
      ...{ eventSource: `${service}.amazonaws.com`, eventName: operation, awsRegion: region },
      ...{ sourceIPAddress: ECS_TASKS, userAgent: ECS_TASKS },
      ...(message === undefined ? {} : { errorCode: 'AccessDenied', errorMessage: message }),
      ...{ requestParameters: parameters, responseElements: answer, requestID: requestId, eventID: requestId },
      ...{ readOnly: true, resources: [resource], eventType: 'AwsApiCall', managementEvent: true },
      ...{ recipientAccountId: account, eventCategory: 'Management' },
    };
    return { at, event: shown, ...(judged.length === 0 ? {} : { judgements: judgementsOf(judged) }) };
  }
}

interface Recorded extends Pick<AskedValue, 'service' | 'operation' | 'parameters' | 'resource' | 'judged'> {
  readonly identity: AuditIdentity;
  readonly answer: unknown;
  readonly message?: string;
}

const identityOfReader = ({ by }: AskedValue): AuditIdentity =>
  by === undefined ? SERVICE : { ...identityOf(by.caller, undefined), ...defined({ invokedBy: ECS_TASKS }) };
