/** What callers may do: users, roles and their sessions, by policies, over every protocol. */
import { randomBytes } from 'node:crypto';
import * as ecs from '@aws-sdk/client-ecs';
import {
  CreateUserCommand,
  GetUserCommand,
  ListUsersCommand,
  PutUserPolicyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from '@aws-sdk/client-sts';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { TEST_SECRETS, withApi } from '../support/api-under-test.ts';
import { ACCOUNT } from '../support/iam-calls.ts';
import {
  allowing,
  type Credentials,
  credentialsOf,
  policy,
  signedCallers,
  type Statement,
  trusting,
} from '../support/signed-callers.ts';

const api = withApi({ auth: 'required' });
const { keyOf, ecsOf, iamOf, stsOf, userWith, roleWith } = signedCallers(api);
const arnOf = (resource: string): string => `arn:aws:ecs:us-east-1:${ACCOUNT}:${resource}`;

const denied = (text: string | RegExp) => ({
  name: 'AccessDeniedException',
  message: typeof text === 'string' ? expect.stringContaining(text) : expect.stringMatching(text),
});

/** Root may have two keys. */
let root: Credentials;
beforeAll(async () => {
  root = await keyOf(undefined);
});

describe('a user without policies', () => {
  let nobody: Credentials & { readonly name: string };
  beforeAll(async () => {
    nobody = await userWith();
  });

  it('may learn who it is', async () => {
    expect((await stsOf(nobody).send(new GetCallerIdentityCommand({}))).Arn).toBe(
      `arn:aws:iam::${ACCOUNT}:user/${nobody.name}`,
    );
  });
});

describe('a user with policies', () => {
  it('may do what is allowed, on the resources that are named, and nothing else', async () => {
    const user = ecsOf(
      await userWith(allowing('ecs:Describe*', arnOf('cluster/default')), allowing('ecs:ListClusters')),
    );
    expect((await user.send(new ecs.ListClustersCommand({}))).clusterArns).toHaveLength(1);
    expect((await user.send(new ecs.DescribeClustersCommand({}))).clusters).toHaveLength(1);
    const other = user.send(new ecs.DescribeClustersCommand({ clusters: ['default', 'other'] }));
    await expect(other).rejects.toMatchObject(
      denied(`${arnOf('cluster/other')} because no identity-based policy allows the ecs:DescribeClusters action`),
    );
    await expect(user.send(new ecs.CreateClusterCommand({}))).rejects.toMatchObject(denied('ecs:CreateCluster'));
  });

  it('may not do what is denied, whatever is allowed', async () => {
    const user = ecsOf(await userWith(allowing('*'), { ...allowing('ecs:DeleteCluster'), Effect: 'Deny' }));
    await user.send(new ecs.CreateClusterCommand({ clusterName: 'kept' }));
    await expect(user.send(new ecs.DeleteClusterCommand({ cluster: 'kept' }))).rejects.toMatchObject(
      denied('with an explicit deny in an identity-based policy'),
    );
    expect(await api().store.getClusters(['kept'])).toHaveLength(1);
  });

  it('is asked where the call comes from', async () => {
    const from = (range: string) => allowing('ecs:ListClusters', '*', { IpAddress: { 'aws:SourceIp': range } });
    const [here, elsewhere] = [await userWith(from('127.0.0.0/8')), await userWith(from('10.0.0.0/8'))];
    expect((await ecsOf(here).send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    await expect(ecsOf(elsewhere).send(new ecs.ListClustersCommand({}))).rejects.toMatchObject(denied('ListClusters'));
  });

  it('is judged by the tags of what it asks for', async () => {
    await api().store.createCluster({
      ...{ clusterName: 'tagged', status: 'ACTIVE', createdAt: 0, settings: [], capacityProviders: [] },
      ...{ defaultCapacityProviderStrategy: [], tags: [{ key: 'team', value: 'red' }] },
    });
    const ofTeam = (team: string) => allowing('ecs:*', '*', { StringEquals: { 'aws:ResourceTag/team': team } });
    const [red, blue] = [await userWith(ofTeam('red')), await userWith(ofTeam('blue'))];
    const command = new ecs.DescribeClustersCommand({ clusters: ['tagged'] });
    expect((await ecsOf(red).send(command)).clusters).toHaveLength(1);
    await expect(ecsOf(blue).send(command)).rejects.toMatchObject(denied('cluster/tagged'));
  });

  it('is judged by all of the tags whose keys differ only in case', async () => {
    const key = 'aws:RequestTag/Team';
    const notProd = await userWith(allowing('ecs:*'), {
      ...allowing('ecs:*', '*', { StringEquals: { [key]: 'prod' } }),
      Effect: 'Deny',
    });
    const onlyDev = await userWith(allowing('ecs:*', '*', { StringEquals: { [key]: 'dev' } }));
    const exceptDev = await userWith(allowing('ecs:*'), {
      ...allowing('ecs:*', '*', { StringNotEquals: { [key]: 'dev' } }),
      Effect: 'Deny',
    });
    const both = ['Team', 'team', 'TEAM'];
    for (const user of [notProd, onlyDev, exceptDev]) {
      for (const prod of both) {
        const tags = both.map((tag) => ({ key: tag, value: tag === prod ? 'prod' : 'dev' }));
        const call = ecsOf(user).send(new ecs.CreateClusterCommand({ clusterName: 'two-teams', tags }));
        await expect(call).rejects.toMatchObject(denied('ecs:CreateCluster'));
      }
      const tags = both.map((tag) => ({ key: tag, value: 'dev' }));
      await ecsOf(user).send(new ecs.CreateClusterCommand({ clusterName: `team-of-${user.name}`, tags }));
    }
    await api().store.createCluster({
      ...{ clusterName: 'two-teams', status: 'ACTIVE', createdAt: 0, settings: [], capacityProviders: [] },
      defaultCapacityProviderStrategy: [],
      tags: [
        { key: 'Team', value: 'prod' },
        { key: 'team', value: 'dev' },
      ],
    });
    const ofDev = await userWith(allowing('ecs:*', '*', { StringEquals: { 'ecs:ResourceTag/team': 'dev' } }));
    await expect(ecsOf(ofDev).send(new ecs.DescribeClustersCommand({ clusters: ['two-teams'] }))).rejects.toMatchObject(
      denied('cluster/two-teams'),
    );
    const many = Array.from({ length: 20 }, (_, i) => [`k${i}`, `K${i}`]).flat();
    const tags = many.map((tag) => ({ key: tag, value: 'dev' }));
    await expect(
      ecsOf(notProd).send(new ecs.CreateClusterCommand({ clusterName: 'many', tags })),
    ).rejects.toMatchObject(denied('differ only in case'));
  });

  it('passes on the role that the operation uses, or none', async () => {
    const user = await userWith(allowing('ecs:*'), allowing('iam:PassRole', `arn:aws:iam::${ACCOUNT}:role/*`));
    const containerDefinitions = [{ name: 'c', image: 'i', memory: 32 }];
    const register = (executionRoleArn: string) =>
      ecsOf(root).send(
        new ecs.RegisterTaskDefinitionCommand({ family: 'passing', executionRoleArn, containerDefinitions }),
      );
    for (const role of [
      `arn:aws-cn:iam::${ACCOUNT}:role/worker`,
      `arn:aws:iam::${ACCOUNT}:user/worker`,
      'arn:aws:iam::1:role/worker',
      'a role',
    ]) {
      await expect(register(role), role).rejects.toMatchObject({
        name: 'ClientException',
        message: 'Role is not valid',
      });
    }
    await register(`arn:aws:iam::${ACCOUNT}:role/team/worker`);
    await register('worker');
    const run = (executionRoleArn: string) =>
      ecsOf(user).send(new ecs.RunTaskCommand({ taskDefinition: 'passing', overrides: { executionRoleArn } }));
    await expect(run(`arn:aws:iam::${ACCOUNT}:role/other`)).resolves.toBeDefined();
    await expect(run(`arn:aws:iam::999999999999:role/other`)).rejects.toMatchObject(denied('iam:PassRole'));
    const all = ecsOf(await userWith(allowing('*')));
    const foreign = { executionRoleArn: `arn:aws-cn:iam::${ACCOUNT}:role/other` };
    await expect(
      all.send(new ecs.RunTaskCommand({ taskDefinition: 'passing', overrides: foreign })),
    ).rejects.toMatchObject({ message: 'Role is not valid' });
  });

  it('uses the revision that was checked, which is read once', async () => {
    const containerDefinitions = [{ name: 'c', image: 'i', memory: 32 }];
    await ecsOf(root).send(new ecs.RegisterTaskDefinitionCommand({ family: 'once', containerDefinitions }));
    const reads = vi.spyOn(api().store, 'getTaskDefinition');
    await ecsOf(root).send(new ecs.RunTaskCommand({ taskDefinition: 'once' }));
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('may run a task with a role only if it may pass the role', async () => {
    const executionRoleArn = `arn:aws:iam::${ACCOUNT}:role/worker`;
    const containerDefinitions = [{ name: 'c', image: 'i', memory: 32 }];
    await ecsOf(root).send(
      new ecs.RegisterTaskDefinitionCommand({ family: 'roled', executionRoleArn, containerDefinitions }),
    );
    const runs = allowing('ecs:RunTask');
    const passes = allowing('iam:PassRole', executionRoleArn, {
      StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    });
    const run = new ecs.RunTaskCommand({ taskDefinition: 'roled' });
    await expect(ecsOf(await userWith(runs)).send(run)).rejects.toMatchObject(denied('iam:PassRole'));
    await expect(ecsOf(await userWith(runs, passes)).send(run)).resolves.toBeDefined();
  });

  it('may not take a name or a path for which it has no right', async () => {
    const may = allowing('iam:UpdateUser', `arn:aws:iam::${ACCOUNT}:user/user-*`);
    const user = await userWith(may);
    const rename = (more: object) => iamOf(user).send(new UpdateUserCommand({ UserName: user.name, ...more }));
    for (const more of [
      { NewUserName: 'ops' },
      { NewPath: '/admin/' },
      { NewPath: '/admin/', NewUserName: 'user-x' },
    ]) {
      await expect(rename(more)).rejects.toMatchObject({ name: 'AccessDenied' });
    }
    await expect(rename({ NewUserName: 'user-renamed' })).resolves.toBeDefined();
  });

  it('is judged in IAM by the tags and the boundary of what it changes', async () => {
    const kept = { Effect: 'Deny', Action: 'iam:*', Resource: '*' };
    const user = await userWith(
      allowing('iam:*'),
      { ...kept, Condition: { StringEquals: { 'aws:ResourceTag/kept': 'yes' } } },
      { ...kept, Action: 'iam:CreateUser', Condition: { StringEquals: { 'aws:RequestTag/kept': 'yes' } } },
    );
    const target = await userWith();
    await api().store.addIamTags({ kind: 'user', name: target.name }, [{ key: 'kept', value: 'yes' }]);
    const document = { PolicyName: 'p', PolicyDocument: policy(allowing('*')) };
    const iam = iamOf(user);
    await expect(iam.send(new PutUserPolicyCommand({ UserName: target.name, ...document }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const other = await userWith();
    await expect(iam.send(new PutUserPolicyCommand({ UserName: other.name, ...document }))).resolves.toBeDefined();
  });

  it('may create with tags only if it may tag', async () => {
    const create = allowing('iam:CreateUser');
    const Tags = [{ Key: 'team', Value: 'red' }];
    const call = async (...may: readonly Statement[]) =>
      iamOf(await userWith(...may)).send(
        new CreateUserCommand({ UserName: `made-${randomBytes(4).toString('hex')}`, Tags }),
      );
    await expect(call(create)).rejects.toThrow('iam:TagUser');
    await expect(call(create, allowing('iam:TagUser'))).resolves.toBeDefined();
  });

  it('gains and loses rights within moments of a change', async () => {
    const user = await userWith();
    const tryIt = () =>
      ecsOf(user)
        .send(new ecs.ListClustersCommand({}))
        .then(
          () => 'allowed',
          () => 'denied',
        );
    expect(await tryIt()).toBe('denied');
    const holder = { kind: 'user', name: user.name } as const;
    await api().store.putInlinePolicy(holder, { name: 'inline', document: policy(allowing('ecs:ListClusters')) });
    await expect.poll(tryIt, { timeout: 10_000 }).toBe('allowed');
    await api().store.deleteInlinePolicy(holder, 'inline');
    await expect.poll(tryIt, { timeout: 10_000 }).toBe('denied');
  });

  it('may manage itself in IAM if a variable says so', async () => {
    const self = `arn:aws:iam::${ACCOUNT}:user/\${aws:username}`;
    const user = await userWith(allowing('iam:GetUser', self));
    expect((await iamOf(user).send(new GetUserCommand({}))).User?.UserName).toBe(user.name);
    const other = await userWith();
    await expect(iamOf(user).send(new GetUserCommand({ UserName: other.name }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(iamOf(user).send(new ListUsersCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    const more = { UserName: user.name, PolicyName: 'more', PolicyDocument: policy(allowing('*')) };
    await expect(iamOf(user).send(new PutUserPolicyCommand(more))).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('a role', () => {
  const assume = (user: Credentials, RoleArn: string, more: object = {}) =>
    stsOf(user).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'deploy', ...more }));
  const credentialsIn = (answer: Awaited<ReturnType<typeof assume>>) => credentialsOf(answer.Credentials);
  const mayAssume = allowing(['sts:AssumeRole', 'sts:TagSession']);

  it('gives its session the role’s rights, and not the caller’s', async () => {
    const role = await roleWith({
      trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)],
      may: [allowing('ecs:ListClusters')],
    });
    const user = await userWith(mayAssume, allowing('ecs:ListTasks'));
    const answer = await assume(user, role);
    expect(answer.AssumedRoleUser?.Arn).toBe(
      role.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/') + '/deploy',
    );
    const session = credentialsIn(answer);
    expect(session.accessKeyId).toMatch(/^ASIA/);
    expect((await stsOf(session).send(new GetCallerIdentityCommand({}))).Arn).toBe(answer.AssumedRoleUser?.Arn);
    expect((await ecsOf(session).send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    await expect(ecsOf(session).send(new ecs.ListTasksCommand({}))).rejects.toMatchObject(denied('assumed-role'));
  });

  it('is read once, so that nobody changes it between check and use', async () => {
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)] });
    const user = await userWith(mayAssume);
    const reads = vi.spyOn(api().store, 'getRole');
    await assume(user, role);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it('lets in whom it trusts only, and only if they may assume it', async () => {
    const [friend, stranger] = [await userWith(mayAssume), await userWith(mayAssume)];
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:user/${friend.name}`)] });
    await expect(assume(friend, role)).resolves.toBeDefined();
    await expect(assume(stranger, role)).rejects.toMatchObject({ name: 'AccessDenied' });
    const open = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)] });
    await expect(assume(await userWith(), open)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(stranger, `${open}-none`)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(root, open)).rejects.toMatchObject({
      message: 'Roles may not be assumed by root accounts.',
    });
  });

  it('asks for an external id', async () => {
    const Condition = { StringEquals: { 'sts:ExternalId': 'agreed' } };
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`, { Condition })] });
    const user = await userWith(mayAssume);
    await expect(assume(user, role)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(user, role, { ExternalId: 'agreed' })).resolves.toBeDefined();
  });

  it('has its rights cut by policies of the session', async () => {
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)], may: [allowing('ecs:*')] });
    const answer = await assume(await userWith(mayAssume), role, { Policy: policy(allowing('ecs:ListClusters')) });
    const session = ecsOf(credentialsIn(answer));
    expect((await session.send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    await expect(session.send(new ecs.ListTasksCommand({}))).rejects.toMatchObject(denied('no session policy allows'));
  });

  it('passes tags of the session on to policies', async () => {
    const onlyRed = allowing('ecs:ListClusters', '*', { StringEquals: { 'aws:PrincipalTag/team': 'red' } });
    const trust = [trusting(`arn:aws:iam::${ACCOUNT}:root`, { Action: ['sts:AssumeRole', 'sts:TagSession'] })];
    const role = await roleWith({ trust, may: [onlyRed] });
    const user = await userWith(mayAssume);
    const as = async (Value: string) =>
      ecsOf(credentialsIn(await assume(user, role, { Tags: [{ Key: 'team', Value }] })));
    expect((await (await as('red')).send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    await expect((await as('blue')).send(new ecs.ListClustersCommand({}))).rejects.toMatchObject(
      denied('ListClusters'),
    );
    const closed = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)], may: [onlyRed] });
    await expect(assume(user, closed, { Tags: [{ Key: 'team', Value: 'red' }] })).rejects.toMatchObject({
      message: expect.stringContaining('sts:TagSession'),
    });
  });

  it('refuses session tags whose keys differ only in case, also those that were passed on', async () => {
    const actions = { Action: ['sts:AssumeRole', 'sts:TagSession'] };
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`, actions)], may: [mayAssume] });
    const user = await userWith(mayAssume);
    const Tags = [{ Key: 'Team', Value: 'red' }];
    const both = [...Tags, { Key: 'team', Value: 'admin' }];
    await expect(assume(user, role, { Tags: both })).rejects.toThrow('Duplicate tag keys');
    const first = credentialsIn(await assume(user, role, { Tags, TransitiveTagKeys: ['team'] }));
    await expect(assume(first, role, { Tags: [{ Key: 'team', Value: 'admin' }] })).rejects.toThrow('conflicts');
    await expect(assume(first, role)).resolves.toBeDefined();
  });

  it('has its sessions revoked by the time at which they began', async () => {
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)], may: [allowing('ecs:*')] });
    const session = ecsOf(credentialsIn(await assume(await userWith(mayAssume), role)));
    expect((await session.send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    const since = new Date(Date.now() + 60_000).toISOString();
    const revoked = {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': since } },
    };
    await api().store.putInlinePolicy(
      { kind: 'role', name: role.split('/').at(-1)! },
      { name: 'revoke', document: policy(revoked) },
    );
    const call = () =>
      session.send(new ecs.ListClustersCommand({})).then(
        () => 'let in',
        (error: unknown) => (error as Error).name,
      );
    await expect.poll(call, { timeout: 10_000 }).toBe('AccessDeniedException');
  });

  it('keeps the source identity of the session that begins it', async () => {
    const actions = { Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] };
    const onlyAda = allowing('ecs:ListClusters', '*', { StringEquals: { 'aws:SourceIdentity': 'ada' } });
    const may = [allowing(['sts:AssumeRole', 'sts:SetSourceIdentity']), onlyAda];
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`, actions)], may });
    const user = await userWith(allowing(['sts:AssumeRole', 'sts:SetSourceIdentity']));
    const first = credentialsIn(await assume(user, role, { SourceIdentity: 'ada' }));
    await expect(assume(first, role, { SourceIdentity: 'bob' })).rejects.toMatchObject({ name: 'AccessDenied' });
    const second = await assume(first, role);
    expect(second.SourceIdentity).toBe('ada');
    const clusters = await ecsOf(credentialsIn(second)).send(new ecs.ListClustersCommand({}));
    expect(clusters.clusterArns).not.toHaveLength(0);
  });

  it('ends its sessions when it is deleted, also if another takes its name', async () => {
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)] });
    const session = credentialsIn(await assume(await userWith(mayAssume), role));
    const name = role.split('/').at(-1)!;
    const call = () =>
      stsOf(session)
        .send(new GetCallerIdentityCommand({}))
        .then(
          () => 'let in',
          (error: unknown) => (error as Error).name,
        );
    expect(await call()).toBe('let in');
    const kept = await api().store.getRole(name);
    await api().store.deleteRole(name);
    await api().store.createRole({ ...kept, id: `AROA${randomBytes(8).toString('hex')}` });
    await expect.poll(call, { timeout: 10_000 }).toBe('InvalidClientTokenId');
  });

  it.each([
    ['too short a time', { DurationSeconds: 899 }, /greater than or equal to 900/],
    ['longer than the role allows', { DurationSeconds: 3_601 }, /MaxSessionDuration set for this role/],
    ['a bad session name', { RoleSessionName: 'a b' }, /regular expression/],
    ['a second factor', { SerialNumber: 'arn:aws:iam::1:mfa/x' }, /Not supported by Longshore yet: SerialNumber/],
    ['a policy that is none', { Policy: '{' }, /Syntax errors in policy/],
  ])('refuses %s', async (_what, more, message) => {
    const role = await roleWith({ trust: [trusting(`arn:aws:iam::${ACCOUNT}:root`)] });
    await expect(assume(await userWith(mayAssume), role, more)).rejects.toThrow(message);
  });
});

describe('temporary credentials of a user', () => {
  it('have the user’s rights, and end', async () => {
    const user = await userWith(allowing('ecs:ListClusters'));
    const { Credentials: c } = await stsOf(user).send(new GetSessionTokenCommand({ DurationSeconds: 900 }));
    const session = credentialsOf(c);
    expect((await ecsOf(session).send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
    await expect(stsOf(session).send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    const { id } = await api().store.getUser(user.name);
    const of = { kind: 'user', name: user.name, id } as const;
    const old = TEST_SECRETS.tokens.issue(of, { now: Date.now() - 1_000_000, seconds: 900 });
    await expect(ecsOf(old).send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({
      name: 'ExpiredTokenException',
    });
  });

  it('are refused without their token, with another’s, or changed', async () => {
    const tokenOf = async () => {
      const { Credentials: c } = await stsOf(root).send(new GetSessionTokenCommand({}));
      return credentialsOf(c);
    };
    const [one, other] = [await tokenOf(), await tokenOf()];
    const { sessionToken, ...bare } = one;
    for (const wrong of [
      bare,
      { ...one, sessionToken: other.sessionToken },
      { ...one, sessionToken: `${sessionToken.slice(0, -2)}AA` },
    ]) {
      await expect(ecsOf(wrong).send(new ecs.ListClustersCommand({}))).rejects.toMatchObject({
        name: 'UnrecognizedClientException',
      });
    }
    expect((await ecsOf(one).send(new ecs.ListClustersCommand({}))).clusterArns).not.toHaveLength(0);
  });
});
