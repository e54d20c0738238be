/** `longshore secrets rewrap`: seals all anew after a new master key. */
import { rewrapAll, type Rewrapped } from '../../api/auth/rewrap.ts';
import type { SealedKind } from '../../store/contract/sealed.ts';
import { readExistingMasterKeys } from '../../tools/master-key.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { openLocalStore } from '../open-store.ts';

const WORDS: Readonly<Record<SealedKind, string>> = {
  'access-key': 'access keys',
  'agent-authority': 'keys of the agents’ authority',
  'secret-version': 'versions of secrets',
  'parameter-version': 'versions of parameters',
};

export async function rewrap(settings: Settings): Promise<void> {
  const keys = readExistingMasterKeys(settings);
  const store = await openLocalStore(settings);
  try {
    const done = await rewrapAll(store, keys);
    process.stdout.write(done.map((each) => `${lineOf(each)}\n`).join(''));
    requireAllOpened(done);
  } finally {
    await store.close();
  }
  if (settings.earlierMasterKeys.length === 0) return;
  process.stderr.write(
    'Leave LONGSHORE_MASTER_KEY_PREVIOUS set for another 36 hours: temporary credentials that were issued before are sealed with it. Then run this again before you remove it, until it seals nothing anew: an api that did not have the new key yet may have written meanwhile.\n',
  );
}

const lineOf = ({ kind, sealedAnew }: Rewrapped): string => `${sealedAnew} ${WORDS[kind]} sealed anew`;

function requireAllOpened(done: readonly Rewrapped[]): void {
  const left = done.filter(({ unopened }) => unopened > 0);
  if (left.length === 0) return;
  const counts = left.map(({ kind, unopened }) => `${unopened} ${WORDS[kind]}`).join(', ');
  throw new SetupError(
    `None of the master keys opens ${counts}. Name the keys with which they were sealed in LONGSHORE_MASTER_KEY_PREVIOUS, then run it again.`,
  );
}
