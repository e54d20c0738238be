/** `longshore access-key`: makes and manages the root keys of a Longshore that requires authentication. */
import { parseArgs } from 'node:util';
import { AccessKeySecrets } from '../../api/auth/access-keys.ts';
import type { AccessKey } from '../../model/access-key.ts';
import { isAwsError } from '../../model/errors.ts';
import type { Store } from '../../store/contract/store.ts';
import { openableKeys } from '../check-master-key.ts';
import { openLocalStore } from '../open-store.ts';
import { readMasterKeys } from '../../tools/master-key.ts';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { withUsage } from '../with-usage.ts';

const USAGE = `Usage: longshore access-key create [--env] | list [--json] | disable ID | enable ID | delete ID

Manages keys of the account's root, who may do everything. Needs the database, and for create the master key, so it works
only where Longshore's data folder or DATABASE_URL is.

  create   makes a key and prints it. Its secret is shown once
  --env    print the key as lines for a shell: eval "$(longshore access-key create --env)"
  list     prints the keys, without secrets
  disable  makes the key useless within a second; enable reverses that
  delete   removes the key for good`;

const ACTIONS = ['create', 'list', 'disable', 'enable', 'delete'] as const;

interface Wanted {
  readonly action: (typeof ACTIONS)[number];
  readonly id: string;
  readonly env: boolean;
  readonly json: boolean;
}

function readArguments(args: readonly string[]): Wanted {
  return withUsage(USAGE, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { env: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
    });
    const [word, id = '', ...more] = positionals;
    const action = ACTIONS.find((each) => each === word);
    const needsId = action !== 'create' && action !== 'list';
    if (action === undefined || more.length > 0 || needsId !== (id !== '')) throw new Error('Which key, and what for?');
    return { action, id, ...values };
  });
}

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const wanted = readArguments(args);
  const store = await openLocalStore(settings);
  try {
    if (wanted.action === 'create') await create(store, settings, wanted);
    else if (wanted.action === 'list') await list(store, wanted);
    else await change(store, wanted);
  } finally {
    await store.close();
  }
}

async function create(store: Store, settings: Settings, { env }: Wanted): Promise<void> {
  const secrets = new AccessKeySecrets(readMasterKeys(settings));
  const { key, secretAccessKey } = secrets.make(undefined, Date.now());
  await store.createAccessKey(key).catch((error: unknown) => {
    if (isAwsError(error)) throw new SetupError(`${error.message}. Delete a key first: longshore access-key list`);
    throw error;
  });
  const lines = env
    ? [`export AWS_ACCESS_KEY_ID=${key.accessKeyId}`, `export AWS_SECRET_ACCESS_KEY=${secretAccessKey}`]
    : [`Access key id      ${key.accessKeyId}`, `Secret access key  ${secretAccessKey}`];
  process.stdout.write(`${lines.join('\n')}\n`);
  process.stderr.write('This key may do everything. Its secret is not shown again.\n');
  if ((await openableKeys(store, secrets)) !== 'all') {
    process.stderr.write(
      'Other access keys were sealed with another master key. The api opens only those of its own: give it this one, or make this key again with its.\n',
    );
  }
}

async function list(store: Store, { json }: Wanted): Promise<void> {
  const keys = await store.listAccessKeys(undefined);
  for (const key of keys) process.stdout.write(`${json ? JSON.stringify(shown(key)) : lineOf(key)}\n`);
  if (keys.length === 0 && !json)
    process.stderr.write('Root has no keys. Make one with longshore access-key create.\n');
}

const shown = ({ sealedSecret: _sealed, ...key }: AccessKey): Omit<AccessKey, 'sealedSecret'> => key;

function lineOf({ accessKeyId, status, createdAt, lastUsed }: AccessKey): string {
  const used =
    lastUsed === undefined ? 'never used' : `last used ${new Date(lastUsed.at).toISOString()} for ${lastUsed.service}`;
  return `${accessKeyId}  ${status.padEnd(8)}  made ${new Date(createdAt).toISOString()}  ${used}`;
}

async function change(store: Store, { action, id }: Wanted): Promise<void> {
  const key = { accessKeyId: id };
  const found =
    action === 'delete'
      ? await store.deleteAccessKey(key)
      : await store.setAccessKeyStatus(key, action === 'enable' ? 'Active' : 'Inactive');
  if (!found) throw new SetupError(`Root has no key ${id}. longshore access-key list prints the keys.`);
  process.stdout.write(
    `${id} is ${{ delete: 'deleted', enable: 'enabled', disable: 'disabled' }[action as 'delete']}.\n`,
  );
}
