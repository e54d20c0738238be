/** After a new master key, all that is sealed is sealed anew: whatever it is, in batches, and again after an interruption. */
import { expect, it } from 'vitest';
import { agentAuthority } from '../../../api/agent-door/authority.ts';
import { AccessKeySecrets } from '../../../api/auth/access-keys.ts';
import { rewrapAll } from '../../../api/auth/rewrap.ts';
import { SealedValues } from '../../../api/auth/sealed-values.ts';
import type { MasterKeys } from '../../../model/master-keys.ts';
import type { SealedStore } from '../../../store/contract/sealed.ts';
import { withStore } from '../../support/store.ts';

const store = withStore();
const [first, second, lost] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer];
const BOTH: MasterKeys = [second, first];
const VERSIONS = 12;
const SMALL = { batch: 5 };
const arnOf = (name: string): string => `arn:aws:secretsmanager:us-east-1:123456789012:secret:${name}-AbC123`;

async function keepSecret(name: string, ids: readonly string[], key: Buffer): Promise<void> {
  const arn = arnOf(name);
  const secret = { arn, name, createdAt: 1, changedAt: 1, tags: [] };
  const values = new SealedValues(key);
  await store().createSecret({ secret: { ...secret, versions: [] } });
  for (const id of ids) {
    const added = { id, sealed: values.sealSecret({ kind: 'string', secretString: `${name} ${id}` }, arn, id) };
    await store().changeSecret({ arn, name }, (found) =>
      Promise.resolve({ secret: { ...found, versions: [...found.versions, { id, stages: [], createdAt: 1 }] }, added }),
    );
  }
}

async function keepParameter(name: string, key: Buffer): Promise<void> {
  const version = {
    version: 1,
    type: 'SecureString',
    tier: 'Standard',
    modifiedAt: 1,
    modifiedBy: 'x',
    labels: [],
  } as const;
  const sealed = new SealedValues(key).sealParameter(`value of ${name}`, name, 1);
  await store().changeParameter(name, () =>
    Promise.resolve({ parameter: { name, tags: [], versions: [version] }, added: { version: 1, sealed } }),
  );
}

it('what the old key sealed is opened by the new one alone afterwards', async () => {
  const { key, secretAccessKey } = new AccessKeySecrets(first).make(undefined, 1);
  await store().createAccessKey(key);
  const { certificate } = await agentAuthority(store(), first);
  const ids = Array.from({ length: VERSIONS }, (_, i) => `version-${String(i).padStart(3, '0')}`);
  await keepSecret('many', ids, first);
  await keepParameter('/app/db', first);
  await keepParameter('plain', second);

  // Interrupted: nothing is lost, and what was done stays done.
  let left = 9;
  const dying: SealedStore = {
    listSealedOtherwise: (...args) => store().listSealedOtherwise(...args),
    reseal: (...args) => (left-- > 0 ? store().reseal(...args) : Promise.reject(new Error('the process ends'))),
  };
  await expect(rewrapAll(dying, BOTH, SMALL)).rejects.toThrow('the process ends');
  expect(await rewrapAll(store(), BOTH, SMALL)).toEqual([
    { kind: 'access-key', sealedAnew: 0, unopened: 0 },
    { kind: 'agent-authority', sealedAnew: 0, unopened: 0 },
    { kind: 'secret-version', sealedAnew: VERSIONS - 7, unopened: 0 },
    { kind: 'parameter-version', sealedAnew: 1, unopened: 0 },
  ]);

  const alone = new SealedValues(second);
  for (const id of ids) {
    const sealed = (await store().readSealedSecret(arnOf('many'), id))!;
    expect(alone.openSecret(sealed, arnOf('many'), id)).toEqual({ kind: 'string', secretString: `many ${id}` });
    expect(() => new SealedValues(first).openSecret(sealed, arnOf('many'), id)).toThrow(/another master key/);
  }
  for (const name of ['/app/db', 'plain']) {
    expect(alone.openParameter((await store().readParameter(name))!)).toBe(`value of ${name}`);
  }
  expect(new AccessKeySecrets(second).open((await store().findAccessKey(key.accessKeyId))!)).toBe(secretAccessKey);
  expect((await agentAuthority(store(), second)).certificate).toBe(certificate);
  expect((await rewrapAll(store(), BOTH, SMALL)).every(({ sealedAnew }) => sealedAnew === 0)).toBe(true);
});

it('what none of the keys opens stays as it is, is counted, and keeps no other from its turn', async () => {
  await keepSecret(
    'lost',
    Array.from({ length: 11 }, (_, i) => `lost-${i}`),
    lost,
  );
  await keepParameter('/zz', first);
  const done = await rewrapAll(store(), BOTH, SMALL);
  expect(done).toMatchObject([
    {},
    {},
    { kind: 'secret-version', sealedAnew: 0, unopened: 11 },
    { kind: 'parameter-version', sealedAnew: 1, unopened: 0 },
  ]);
  const sealed = (await store().readSealedSecret(arnOf('lost'), 'lost-1'))!;
  expect(new SealedValues(lost).openSecret(sealed, arnOf('lost'), 'lost-1')).toMatchObject({
    secretString: 'lost lost-1',
  });
});

it('a value that changes meanwhile is not overwritten', async () => {
  await keepParameter('/race', first);
  const [row] = (await store().listSealedOtherwise('parameter-version', 'none', { limit: 100 })).filter(
    ({ key: [name] }) => name === '/race',
  );
  expect(await store().reseal('parameter-version', { ...row!, sealed: 'something else' }, 'x')).toBe(false);
  expect(await store().reseal('parameter-version', row!, 'x')).toBe(true);
});
