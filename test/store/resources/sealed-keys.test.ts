/** A master key that opens nothing is found at the start. */
import { expect, it } from 'vitest';
import { AccessKeySecrets } from '../../../api/auth/access-keys.ts';
import { checkMasterKey, openableKeys } from '../../../cli/check-master-key.ts';
import { SetupError } from '../../../tools/settings.ts';
import { withStore } from '../../support/store.ts';

const store = withStore();
const [ours, other] = [1, 2].map((byte) => new AccessKeySecrets(Buffer.alloc(32, byte))) as [
  AccessKeySecrets,
  AccessKeySecrets,
];

it('a master key is right as long as it opens some access keys, or there are none', async () => {
  expect(await checkMasterKey(store(), ours)).toBe('all');
  const make = (secrets: AccessKeySecrets) => store().createAccessKey(secrets.make(undefined, Date.now()).key);
  for (let i = 0; i < 2; i++) await make(other);
  expect(await openableKeys(store(), ours)).toBe('none');
  const refusal: unknown = await checkMasterKey(store(), ours).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(SetupError);
  expect(refusal).toMatchObject({ message: expect.stringMatching(/LONGSHORE_MASTER_KEY[^]*LONGSHORE_AUTH=loopback/) });
  expect(await checkMasterKey(store(), other)).toBe('all');
  await make(ours);
  expect(await checkMasterKey(store(), ours)).toBe('some');
  expect(await checkMasterKey(store(), other)).toBe('some');
});
