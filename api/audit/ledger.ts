/** Writes records of the audit in the order of their times: all calls that were carried out, and refusals while there are not too many. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Partition } from '../../model/arn.ts';
import type { AuditRecord } from '../../model/audit.ts';
import type { AuditStore } from '../../store/contract/audit.ts';
import { Allowance, type LeftOut } from './allowance.ts';
import { inSeconds } from './identity.ts';
import { OWN_SERVICE } from './named-call.ts';
import { EVENT_VERSION } from './record.ts';
import { AuditWriter } from './writer.ts';

/** How often it is recorded what was left out. */
const TELL_LEFT_OUT_MS = 60_000;

export interface LedgerOptions {
  readonly store: Pick<AuditStore, 'recordAudit'>;
  readonly partition: Partition;
  readonly logger: Logger;
  /** Why nothing can be recorded at present; undefined if all is well. */
  readonly unwritable?: () => string | undefined;
}

/** Whose refused call it is. */
export interface RefusedFrom {
  /** An address, or the ARN or id of whoever is known. */
  readonly source: string;
  /** The caller is who it says. */
  readonly known: boolean;
  readonly requestId: string;
}

/** Makes a record; `at` is its time, in milliseconds since the epoch. */
type Make = (at: number) => AuditRecord;

export class AuditLedger {
  readonly #options: LedgerOptions;
  readonly #writer: AuditWriter;
  readonly #allowance = new Allowance(() => performance.now());
  readonly #telling: NodeJS.Timeout;
  #lastAt = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
    this.#writer = new AuditWriter(options.store);
    this.#telling = setInterval(() => void this.#tellLeftOut(), TELL_LEFT_OUT_MS).unref();
  }

  /** Resolves once the record is durable. Rejects as the store does. */
  write(make: Make): Promise<void> {
    return this.#writer.write(make(this.#nextTime()));
  }

  /** Records a refusal, unless there are too many from there or of all. Never rejects. */
  async writeRefused({ source, known, requestId }: RefusedFrom, make: Make): Promise<void> {
    // While the disk is full, its last room is for calls that free some.
    if (this.#options.unwritable?.() !== undefined) {
      this.#allowance.leaveOut(source);
      return;
    }
    if (!this.#allowance.admit(source, { known })) return;
    try {
      await this.write(make);
    } catch (error) {
      this.#allowance.leaveOut(source);
      this.#options.logger.warn({ requestId, err: error }, 'a refused call is missing in the audit');
    }
  }

  /** Records what was left out, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#telling);
    await this.#tellLeftOut();
  }

  /** In milliseconds, each later than the one before, so that records are found in the order of their calls. */
  #nextTime(): number {
    this.#lastAt = Math.max(Date.now(), this.#lastAt + 1);
    return this.#lastAt;
  }

  async #tellLeftOut(): Promise<void> {
    const leftOut = this.#allowance.takeLeftOut();
    if (leftOut === undefined) return;
    try {
      await this.write((at) => gapRecord(leftOut, { at, ...this.#options.partition }));
    } catch (error) {
      this.#options.logger.warn({ calls: leftOut.calls, err: error }, 'refused calls are missing in the audit');
    }
  }
}

/** How many refused calls have no record of their own. */
function gapRecord(
  { calls, bySource }: LeftOut,
  { at, account, region }: Partition & { readonly at: number },
): AuditRecord {
  const id = randomUUID();
  return {
    at,
    event: {
      ...{ eventVersion: EVENT_VERSION, userIdentity: { type: 'AWSService' }, eventTime: inSeconds(at) },
      ...{
        eventSource: OWN_SERVICE,
        eventName: 'RefusedCallsLeftOut',
        awsRegion: region,
        sourceIPAddress: OWN_SERVICE,
      },
      ...{ requestParameters: null, responseElements: null, additionalEventData: { calls, bySource } },
      ...{ requestID: id, eventID: id, readOnly: true, eventType: 'AwsServiceEvent', managementEvent: true },
      ...{ recipientAccountId: account, eventCategory: 'Management' },
    },
  };
}
