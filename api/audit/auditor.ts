/** Decides which calls are recorded, and writes their records before they are answered. */
import type { AuditRecord } from '../../model/audit.ts';
import { countedAs } from '../auth/principal.ts';
import { sourceNetwork } from '../auth/circumstances.ts';
import type { Door } from '../door.ts';
import type { CallFacts, Outcome } from './facts.ts';
import { isGet, type NamedCall, namedCall, OWN_SERVICE, UNKNOWN_OPERATION } from './named-call.ts';
import { AuditLedger, type LedgerOptions } from './ledger.ts';
import { recordOf } from './record.ts';
import { isDenial, isKept } from './which.ts';

export interface AuditorOptions extends LedgerOptions {
  readonly doors: readonly Door[];
}

/** The error that a caller gets, and the code with which it was refused, which no protocol has renamed. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly refusedWith: string;
}

export class Auditor {
  readonly #options: AuditorOptions;
  readonly #ledger: AuditLedger;

  constructor(options: AuditorOptions) {
    this.#options = options;
    this.#ledger = new AuditLedger(options);
  }

  /** Whether a call that is carried out is recorded. */
  keeps({ called, request }: Pick<CallFacts, 'called' | 'request'>): boolean {
    if (called !== undefined) return isKept(called.name);
    return !isGet(request) && namedCall(this.#options.doors, request).ownChange;
  }

  /** Records a call that was carried out, if it is one to record. Rejects if that fails: then it must not be answered. */
  async carriedOut(facts: CallFacts, body: unknown): Promise<void> {
    if (this.keeps(facts)) await this.#ledger.write(this.#recordOf(facts, { body }));
  }

  /** Records a refused call, if it is one to record and there are not too many. Never rejects. */
  async refused(facts: CallFacts, { code, message, refusedWith }: Refusal): Promise<void> {
    if (!isDenial(refusedWith) && !keepsRefusals(this.#named(facts))) return;
    const { caller, request } = facts;
    const source = caller === undefined ? sourceNetwork(request) : countedAs(caller.principal);
    const from = { source, known: caller !== undefined, requestId: facts.requestId };
    const written = this.#ledger.writeRefused(from, this.#recordOf(facts, { error: { code, message } }));
    // The store may be what is away. Nobody waits longer for such an answer.
    if (refusedWith !== 'ServiceUnavailable') await written;
  }

  /** Records what was left out, and ends. */
  close(): Promise<void> {
    return this.#ledger.close();
  }

  #named({ called, request }: Pick<CallFacts, 'called' | 'request'>): NamedCall {
    if (called === undefined) return namedCall(this.#options.doors, request);
    return { service: called.door.service, operation: called.name, ownChange: false };
  }

  #recordOf(facts: CallFacts, outcome: Outcome): (at: number) => AuditRecord {
    const { partition } = this.#options;
    return (at) => recordOf(facts, outcome, { at, named: this.#named(facts), partition });
  }
}

/** A call of nothing that exists is not worth a record, unless its caller may not call at all. */
const keepsRefusals = ({ service, operation, ownChange }: NamedCall): boolean =>
  service === OWN_SERVICE ? ownChange && operation !== UNKNOWN_OPERATION : isKept(operation);
