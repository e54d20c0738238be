/** Decides which calls are recorded, and writes their records before they are answered. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Partition } from '../../model/arn.ts';
import type { AuditRecord } from '../../model/audit.ts';
import type { AuditStore } from '../../store/contract/audit.ts';
import { countedAs } from '../auth/principal.ts';
import { sourceAddress } from '../auth/circumstances.ts';
import type { Door } from '../door.ts';
import { Allowance, type LeftOut } from './allowance.ts';
import type { CallFacts, Outcome } from './facts.ts';
import { inSeconds } from './identity.ts';
import { isGet, type NamedCall, namedCall, OWN_SERVICE, UNKNOWN_OPERATION } from './named-call.ts';
import { EVENT_VERSION, recordOf } from './record.ts';
import { isDenial, isKept } from './which.ts';
import { AuditWriter } from './writer.ts';

/** How often it is recorded what was left out. */
const TELL_LEFT_OUT_MS = 60_000;

export interface AuditorOptions {
  readonly doors: readonly Door[];
  readonly store: Pick<AuditStore, 'recordAudit'>;
  readonly partition: Partition;
  readonly logger: Logger;
  /** Why nothing can be recorded at present; undefined if all is well. */
  readonly unwritable?: () => string | undefined;
}

/** The error that a caller gets, and the code with which it was refused, which no protocol has renamed. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly refusedWith: string;
}

export class Auditor {
  readonly #options: AuditorOptions;
  readonly #writer: AuditWriter;
  readonly #allowance = new Allowance(() => performance.now());
  readonly #telling: NodeJS.Timeout;
  #lastAt = 0;

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#writer = new AuditWriter(options.store);
    this.#telling = setInterval(() => void this.#tellLeftOut(), TELL_LEFT_OUT_MS).unref();
  }

  /** Whether a call that is carried out is recorded. */
  keeps({ called, request }: Pick<CallFacts, 'called' | 'request'>): boolean {
    if (called !== undefined) return isKept(called.name);
    return !isGet(request) && namedCall(this.#options.doors, request).ownChange;
  }

  /** Records a call that was carried out, if it is one to record. Rejects if that fails: then it must not be answered. */
  async carriedOut(facts: CallFacts, body: unknown): Promise<void> {
    if (this.keeps(facts)) await this.#write(facts, { body });
  }

  /** Records a refused call, if it is one to record and there are not too many. Never rejects. */
  async refused(facts: CallFacts, { code, message, refusedWith }: Refusal): Promise<void> {
    if (!isDenial(refusedWith) && !keepsRefusals(this.#named(facts))) return;
    const { caller, request } = facts;
    const source = caller === undefined ? (sourceAddress(request) ?? '') : countedAs(caller.principal);
    // While the disk is full, its last room is for calls that free some.
    if (this.#options.unwritable?.() !== undefined) {
      this.#allowance.leaveOut(source);
      return;
    }
    if (!this.#allowance.admit(source, { known: caller !== undefined })) return;
    const written = this.#write(facts, { error: { code, message } }).catch((error: unknown) => {
      this.#allowance.leaveOut(source);
      this.#options.logger.warn({ requestId: facts.requestId, err: error }, 'a refused call is missing in the audit');
    });
    // The store may be what is away. Nobody waits longer for such an answer.
    if (refusedWith !== 'ServiceUnavailable') await written;
  }

  /** Records what was left out, and ends. */
  async close(): Promise<void> {
    clearInterval(this.#telling);
    await this.#tellLeftOut();
  }

  #named({ called, request }: Pick<CallFacts, 'called' | 'request'>): NamedCall {
    if (called === undefined) return namedCall(this.#options.doors, request);
    return { service: called.door.service, operation: called.name, ownChange: false };
  }

  async #write(facts: CallFacts, outcome: Outcome): Promise<void> {
    const { partition } = this.#options;
    await this.#writer.write(recordOf(facts, outcome, { at: this.#nextTime(), named: this.#named(facts), partition }));
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
      await this.#writer.write(gapRecord(leftOut, { at: this.#nextTime(), ...this.#options.partition }));
    } catch (error) {
      this.#options.logger.warn({ calls: leftOut.calls, err: error }, 'refused calls are missing in the audit');
    }
  }
}

/** A call of nothing that exists is not worth a record, unless its caller may not call at all. */
const keepsRefusals = ({ service, operation, ownChange }: NamedCall): boolean =>
  service === OWN_SERVICE ? ownChange && operation !== UNKNOWN_OPERATION : isKept(operation);

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
