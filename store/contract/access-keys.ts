/** Where access keys are kept. Secrets come and go sealed. */
import type { AccessKey, KeyUse } from '../../model/access-key.ts';

export interface AccessKeyStore {
  /** Throws NoSuchEntity if there is no such user, LimitExceeded if the user has two keys already. */
  createAccessKey(key: AccessKey): Promise<void>;
  findAccessKey(accessKeyId: string): Promise<AccessKey | undefined>;
  /** The ids of all keys, of whatever status: those that exist when `iamVersion` has its present value. */
  listAccessKeyIds(): Promise<readonly string[]>;
  /** One key for each master key with which secrets were sealed. */
  oneAccessKeyOfEachSeal(): Promise<readonly AccessKey[]>;
  /** The keys of a user, or of root if `userName` is undefined; oldest first. A user has few. */
  listAccessKeys(userName: string | undefined): Promise<readonly AccessKey[]>;
  /** Returns false if the owner has no such key. */
  setAccessKeyStatus(key: OwnedKey, status: AccessKey['status']): Promise<boolean>;
  /** Returns false if the owner has no such key. */
  deleteAccessKey(key: OwnedKey): Promise<boolean>;
  /** Keeps the latest use. */
  recordKeyUse(accessKeyId: string, use: KeyUse): Promise<void>;
}

/** A key as its owner names it. */
export type OwnedKey = Pick<AccessKey, 'accessKeyId' | 'userName'>;
