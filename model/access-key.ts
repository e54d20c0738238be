/** Access keys: with what callers sign their requests. */
import type { EpochMs } from './time.ts';

export interface AccessKey {
  /** `AKIA…`. */
  readonly accessKeyId: string;
  /** The user whose key it is; absent for the account's root. */
  readonly userName?: string;
  /** The secret, which only the api role can open. */
  readonly sealedSecret: string;
  readonly status: 'Active' | 'Inactive';
  readonly createdAt: EpochMs;
  readonly lastUsed?: KeyUse;
}

export interface KeyUse {
  readonly at: EpochMs;
  /** As in the signature's scope: `ecs`. */
  readonly service: string;
  readonly region: string;
}
