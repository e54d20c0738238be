/** The interface for the audit of API calls. */
import type { AuditRecord } from '../../model/audit.ts';
import type { EpochMs } from '../../model/time.ts';
import type { Page, PageRequest } from './page.ts';

/** All that is given must hold. */
export interface AuditFilter {
  readonly userName?: string;
  readonly eventName?: string;
  readonly eventSource?: string;
  /** An ARN, or its last part. */
  readonly resourceName?: string;
  readonly resourceType?: string;
  readonly requestId?: string;
  readonly accessKeyId?: string;
  readonly readOnly?: boolean;
  /** Only calls that were refused or failed. */
  readonly errorsOnly?: true;
  /** At or after. */
  readonly since?: EpochMs;
  /** At or before. */
  readonly until?: EpochMs;
}

export interface AuditStore {
  /** Keeps all of the records or none. */
  recordAudit(records: readonly AuditRecord[]): Promise<void>;
  /**
   * Newest first, without what policies said. A page ends before its limit where its events would have more than two
   * mebibytes together; it has one event at least.
   */
  listAudit(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>>;
  /** Records of requests whose id begins with the text (hexadecimal digits and hyphens); at most `limit`. */
  findAudit(requestIdPrefix: string, limit: number): Promise<readonly AuditRecord[]>;
  /** Removes records from before that time. Returns how many. */
  purgeAudit(before: EpochMs): Promise<number>;
}
