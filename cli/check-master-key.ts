/** Whether the master key opens what is sealed in the store: found at the start, and not at the first call. */
import type { AccessKeySecrets } from '../api/auth/access-keys.ts';
import { SealError } from '../api/auth/sealing.ts';
import type { AccessKeyStore } from '../store/contract/access-keys.ts';
import { SetupError } from '../tools/settings.ts';

/** Whether the access keys can be opened: `all` also if there are none. */
export async function openableKeys(
  store: Pick<AccessKeyStore, 'oneAccessKeyOfEachSeal'>,
  secrets: AccessKeySecrets,
): Promise<'all' | 'some' | 'none'> {
  const keys = await store.oneAccessKeyOfEachSeal();
  const opened = keys.filter((key) => opens(secrets, key));
  if (opened.length === keys.length) return 'all';
  return opened.length === 0 ? 'none' : 'some';
}

function opens(secrets: AccessKeySecrets, key: Parameters<AccessKeySecrets['open']>[0]): boolean {
  try {
    secrets.open(key);
    return true;
  } catch (error) {
    if (error instanceof SealError) return false;
    throw error;
  }
}

/** Throws SetupError if no caller could sign. */
export async function checkMasterKey(
  store: Pick<AccessKeyStore, 'oneAccessKeyOfEachSeal'>,
  secrets: AccessKeySecrets,
): Promise<'all' | 'some'> {
  const openable = await openableKeys(store, secrets);
  if (openable !== 'none') return openable;
  throw new SetupError(
    'The master key is not the one with which the access keys in the database were sealed, so no caller could sign.\n' +
      '  Give the same key: master.key in the data folder, LONGSHORE_MASTER_KEY or LONGSHORE_MASTER_KEY_COMMAND,\n' +
      '  or give it as LONGSHORE_MASTER_KEY_PREVIOUS beside a new one.\n' +
      '  If it is lost, start once with LONGSHORE_AUTH=loopback and LONGSHORE_HOST=127.0.0.1, and make new access keys.',
  );
}
