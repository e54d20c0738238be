/** Writes records of the audit: calls that come while a write is under way share the next one. */
import type { AuditRecord } from '../../model/audit.ts';
import type { AuditStore } from '../../store/contract/audit.ts';

const MOST_IN_ONE_WRITE = 100;

interface Waiting {
  readonly record: AuditRecord;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class AuditWriter {
  readonly #store: Pick<AuditStore, 'recordAudit'>;
  #waiting: Waiting[] = [];
  #isWriting = false;

  constructor(store: Pick<AuditStore, 'recordAudit'>) {
    this.#store = store;
  }

  /** Resolves once the record is durable. Rejects as the store does; then it may or may not be there. */
  write(record: AuditRecord): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      if (!this.#isWriting) void this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MOST_IN_ONE_WRITE);
      try {
        await this.#store.recordAudit(batch.map(({ record }) => record));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isWriting = false;
  }
}
