/** Everything that decides what a user or role may do, and the version by which readers see that it changed. */
import { describe, expect, it } from 'vitest';
import type { EntityRef } from '../../../../model/iam/entity.ts';
import { withStore } from '../../../support/store.ts';
import { aGroup, ALLOW_ALL, aPolicy, aRole, aUser, policyArn } from './records.ts';

const store = withStore();
const ADMIN = 'arn:aws:iam::aws:policy/AdministratorAccess';
const user = (name: string) => ({ kind: 'user' as const, name });
const group = (name: string) => ({ kind: 'group' as const, name });
const role = (name: string) => ({ kind: 'role' as const, name });
const document = (action: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
const inline = (holder: EntityRef, name: string) =>
  store().putInlinePolicy(holder, { name, document: document(`ecs:${name}`) });

describe('policiesOf', () => {
  it('gathers the policies of a user and the groups, with the boundary and the tags', async () => {
    await store().createPolicy(aPolicy('deploy', document('ecs:UpdateService'), '/team/'));
    await store().createPolicy(aPolicy('fence'));
    await store().createUser(
      aUser('ada', { path: '/dev/', tags: [{ key: 'team', value: 'a' }], boundaryArn: policyArn('fence') }),
    );
    for (const name of ['ops', 'dev', 'others']) await store().createGroup(aGroup(name));
    await store().addUserToGroup('ops', 'ada');
    await store().addUserToGroup('dev', 'ada');
    await inline(user('ada'), 'RunTask');
    await inline(group('ops'), 'StopTask');
    await inline(group('others'), 'DeleteCluster');
    await store().attachPolicy(user('ada'), policyArn('deploy', '/team/'));
    await store().attachPolicy(group('dev'), ADMIN);

    expect(await store().policiesOf(user('ada'))).toEqual({
      kind: 'user',
      id: 'AIDA-ada',
      name: 'ada',
      arn: 'arn:aws:iam::123456789012:user/dev/ada',
      version: await store().iamVersion(),
      tags: [{ key: 'team', value: 'a' }],
      policies: [
        { source: 'inline', holder: user('ada'), name: 'RunTask', document: document('ecs:RunTask') },
        { source: 'inline', holder: group('ops'), name: 'StopTask', document: document('ecs:StopTask') },
        {
          source: 'local',
          holder: user('ada'),
          name: 'deploy',
          arn: policyArn('deploy', '/team/'),
          document: document('ecs:UpdateService'),
        },
        {
          source: 'aws',
          holder: group('dev'),
          name: 'AdministratorAccess',
          arn: ADMIN,
          document: expect.stringContaining('"Action": "*"') as string,
        },
      ],
      boundary: { arn: policyArn('fence'), document: ALLOW_ALL },
    });
  });

  it('gathers what a group gives', async () => {
    expect(await store().policiesOf(group('dev'))).toMatchObject({
      arn: 'arn:aws:iam::123456789012:group/dev',
      tags: [],
      policies: [{ name: 'AdministratorAccess', holder: group('dev') }],
    });
  });

  it('has a role without policies, and nothing for who does not exist', async () => {
    await store().createRole(aRole('bare'));
    const found = await store().policiesOf(role('bare'));
    expect(found).toMatchObject({ arn: 'arn:aws:iam::123456789012:role/bare', policies: [] });
    expect(found).not.toHaveProperty('boundary');
    expect(await store().policiesOf(user('bare'))).toBeUndefined();
  });

  it('reads the version of a policy that applies', async () => {
    await store().createPolicy(aPolicy('versioned', document('ecs:One')));
    await store().createRole(aRole('reader', { boundaryArn: ADMIN }));
    await store().attachPolicy(role('reader'), policyArn('versioned'));
    const documents = async () => (await store().policiesOf(role('reader')))?.policies.map((each) => each.document);
    await store().createPolicyVersion(policyArn('versioned'), {
      document: document('ecs:Two'),
      isDefault: false,
      at: 2,
    });
    expect(await documents()).toEqual([document('ecs:One')]);
    await store().setDefaultPolicyVersion(policyArn('versioned'), 2, 3);
    expect(await documents()).toEqual([document('ecs:Two')]);
    expect((await store().policiesOf(role('reader')))?.boundary).toMatchObject({ arn: ADMIN });
  });
});

describe('the version', () => {
  const changes: readonly [string, () => Promise<unknown>][] = [
    ['createUser', () => store().createUser(aUser('v'))],
    ['createGroup', () => store().createGroup(aGroup('v'))],
    ['createRole', () => store().createRole(aRole('v'))],
    ['createPolicy', () => store().createPolicy(aPolicy('v'))],
    ['updateUser', () => store().updateUser('v', { path: '/w/' })],
    ['updateGroup', () => store().updateGroup('v', { path: '/w/' })],
    ['updateRole', () => store().updateRole('v', { description: 'd' })],
    ['addUserToGroup', () => store().addUserToGroup('v', 'v')],
    ['putInlinePolicy', () => inline(role('v'), 'RunTask')],
    ['attachPolicy', () => store().attachPolicy(role('v'), policyArn('v'))],
    ['putBoundary', () => store().putBoundary(user('v'), policyArn('v'))],
    ['addIamTags', () => store().addIamTags(user('v'), [{ key: 'k', value: 'v' }])],
    [
      'createPolicyVersion',
      () => store().createPolicyVersion(policyArn('v'), { document: ALLOW_ALL, isDefault: true, at: 1 }),
    ],
    ['setDefaultPolicyVersion', () => store().setDefaultPolicyVersion(policyArn('v'), 1, 2)],
    ['deletePolicyVersion', () => store().deletePolicyVersion(policyArn('v'), 2)],
    ['removeIamTags', () => store().removeIamTags(user('v'), ['k'])],
    ['deleteBoundary', () => store().deleteBoundary(user('v'))],
    ['detachPolicy', () => store().detachPolicy(role('v'), policyArn('v'))],
    ['deleteInlinePolicy', () => store().deleteInlinePolicy(role('v'), 'RunTask')],
    ['removeUserFromGroup', () => store().removeUserFromGroup('v', 'v')],
    ['deletePolicy', () => store().deletePolicy(policyArn('v'))],
    ['deleteRole', () => store().deleteRole('v')],
    ['deleteGroup', () => store().deleteGroup('v')],
    ['deleteUser', () => store().deleteUser('v')],
  ];

  it('rises with every change', async () => {
    for (const [name, make] of changes) {
      const before = await store().iamVersion();
      await make();
      expect({ name, version: await store().iamVersion() }).toEqual({ name, version: before + 1 });
    }
  });

  it('stays when a change is refused', async () => {
    const before = await store().iamVersion();
    await expect(store().deleteUser('nobody')).rejects.toMatchObject({ code: 'NoSuchEntity' });
    expect(await store().iamVersion()).toBe(before);
  });

  it('makes changes wait for one another, so that quotas and names hold', async () => {
    const same = ['Twin', 'twin', 'TWIN', 'tWin'].map((name) => store().createUser(aUser(name)));
    const outcomes = await Promise.allSettled(same);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await store().createRole(aRole('crowded'));
    const names = Array.from({ length: 13 }, (_, i) => `crowd${i}`);
    for (const name of names) await store().createPolicy(aPolicy(name));
    const attached = await Promise.allSettled(
      names.map((name) => store().attachPolicy(role('crowded'), policyArn(name))),
    );
    expect(attached.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
  });
});
