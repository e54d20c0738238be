/** Managed policies, their versions and attachments, and inline policies, over the IAM API. */
import {
  AttachGroupPolicyCommand,
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteGroupPolicyCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRolePolicyCommand,
  DeleteUserPolicyCommand,
  DetachUserPolicyCommand,
  GetAccountSummaryCommand,
  GetGroupPolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRolePolicyCommand,
  GetUserPolicyCommand,
  ListAttachedUserPoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListGroupPoliciesCommand,
  ListPoliciesCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListUserPoliciesCommand,
  PutGroupPolicyCommand,
  PutRolePolicyCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SetDefaultPolicyVersionCommand,
  TagPolicyCommand,
} from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';
import { allow, iamArnOf, TRUST, withIam } from '../support/iam-calls.ts';

const api = withApi();
const iam = withIam(api);
const ADMIN = iamArnOf('policy/AdministratorAccess', 'aws');

async function create(PolicyName: string, input: object = {}): Promise<string> {
  const command = new CreatePolicyCommand({ PolicyName, PolicyDocument: allow('ecs:RunTask'), ...input });
  return (await iam().send(command)).Policy!.Arn!;
}
const createUser = (UserName: string) => iam().send(new CreateUserCommand({ UserName }));
const createRole = (RoleName: string, input: object = {}) =>
  iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...input }));

describe('managed policies', () => {
  it('are created and read', async () => {
    const input = { PolicyName: 'run', PolicyDocument: allow('ecs:RunTask'), Path: '/ecs/', Description: 'runs' };
    const { Policy } = await iam().send(new CreatePolicyCommand({ ...input, Tags: [{ Key: 'k', Value: 'v' }] }));
    expect(Policy).toEqual({
      PolicyName: 'run',
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
      Arn: iamArnOf('policy/ecs/run'),
      Path: '/ecs/',
      DefaultVersionId: 'v1',
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      Description: 'runs',
      CreateDate: expect.any(Date),
      UpdateDate: expect.any(Date),
      Tags: [{ Key: 'k', Value: 'v' }],
    });
    const PolicyArn = Policy!.Arn;
    expect((await iam().send(new GetPolicyCommand({ PolicyArn }))).Policy).toEqual(Policy);
    const version = await iam().send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    expect(version.PolicyVersion).toMatchObject({ IsDefaultVersion: true, CreateDate: Policy!.CreateDate });
    expect(decodeURIComponent(version.PolicyVersion!.Document!)).toBe(input.PolicyDocument);
    await expect(create('RUN')).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'A policy called RUN already exists. Duplicate names are not allowed.',
    });
    await iam().send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'a', Value: 'b' }] }));
    expect((await iam().send(new ListPolicyTagsCommand({ PolicyArn, MaxItems: 1 }))).Tags).toEqual([
      { Key: 'a', Value: 'b' },
    ]);
  });

  it('have five versions at most, of which one applies', async () => {
    const PolicyArn = await create('versions');
    const add = (action: string, SetAsDefault?: boolean) =>
      iam().send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow(action), SetAsDefault }));
    expect((await add('ecs:A')).PolicyVersion).toMatchObject({ VersionId: 'v2', IsDefaultVersion: false });
    expect((await add('ecs:B', true)).PolicyVersion).toMatchObject({ VersionId: 'v3', IsDefaultVersion: true });
    await add('ecs:C');
    await add('ecs:D');
    await expect(add('ecs:E')).rejects.toMatchObject({
      name: 'LimitExceededException',
      message:
        'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
    });
    const remove = (VersionId: string) => iam().send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await expect(remove('v3')).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete the default version of a policy.',
    });
    await expect(remove('v9')).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} version v9 does not exist or is not attachable.`,
    });
    await remove('v5');
    expect((await add('ecs:E')).PolicyVersion).toMatchObject({ VersionId: 'v6' });
    await iam().send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v2' }));
    const listed = await iam().send(new ListPolicyVersionsCommand({ PolicyArn, MaxItems: 3 }));
    const rest = await iam().send(new ListPolicyVersionsCommand({ PolicyArn, Marker: listed.Marker }));
    expect([...listed.Versions!, ...rest.Versions!].map((v) => [v.VersionId, v.IsDefaultVersion])).toEqual([
      ['v6', false],
      ['v4', false],
      ['v3', false],
      ['v2', true],
      ['v1', false],
    ]);
    await expect(iam().send(new DeletePolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: expect.stringContaining('This policy has more than one version.') as string,
    });
    for (const id of ['v1', 'v3', 'v4', 'v6']) await remove(id);
    await iam().send(new DeletePolicyCommand({ PolicyArn }));
    await expect(iam().send(new GetPolicyCommand({ PolicyArn }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${PolicyArn} was not found.`,
    });
  });

  it('of AWS are there by name, and belong to AWS', async () => {
    const arn = iamArnOf('policy/service-role/AmazonECSTaskExecutionRolePolicy', 'aws');
    const { Policy } = await iam().send(new GetPolicyCommand({ PolicyArn: arn }));
    expect(Policy).toMatchObject({ Path: '/service-role/', DefaultVersionId: 'v1' });
    const { Versions } = await iam().send(new ListPolicyVersionsCommand({ PolicyArn: arn }));
    expect(Versions).toMatchObject([{ VersionId: 'v1', IsDefaultVersion: true }]);
    const version = await iam().send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId: 'v1' }));
    expect(JSON.parse(decodeURIComponent(version.PolicyVersion!.Document!))).toMatchObject({
      Statement: [{ Action: expect.arrayContaining(['ecr:BatchGetImage', 'logs:PutLogEvents']) as string[] }],
    });
    await expect(iam().send(new DeletePolicyCommand({ PolicyArn: arn }))).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
    const unknown = iamArnOf('policy/AmazonRDSFullAccess', 'aws');
    await expect(iam().send(new GetPolicyCommand({ PolicyArn: unknown }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });

  it('are listed with those of AWS, in pages, by scope, path and use', async () => {
    const Path = '/listed/';
    for (const name of ['l2', 'l1', 'AdministratorAccess']) await create(name, { Path });
    await createUser('lister');
    await iam().send(new AttachUserPolicyCommand({ UserName: 'lister', PolicyArn: iamArnOf('policy/listed/l1') }));
    await iam().send(
      new PutUserPermissionsBoundaryCommand({
        UserName: 'lister',
        PermissionsBoundary: iamArnOf('policy/listed/l2'),
      }),
    );
    const list = async (input: object) => (await iam().send(new ListPoliciesCommand(input))).Policies!;
    const names = async (input: object) => (await list(input)).map((policy) => policy.PolicyName);
    expect(await names({ PathPrefix: Path })).toEqual(['AdministratorAccess', 'l1', 'l2']);
    expect(await names({ PathPrefix: Path, OnlyAttached: true })).toEqual(['l1', 'l2']);
    expect(await names({ PathPrefix: Path, PolicyUsageFilter: 'PermissionsBoundary' })).toEqual(['l2']);
    expect(await list({ PathPrefix: Path, PolicyUsageFilter: 'PermissionsPolicy' })).toMatchObject([
      { PolicyName: 'l1', AttachmentCount: 1, PermissionsBoundaryUsageCount: 0 },
    ]);
    expect(await names({ Scope: 'AWS', PathPrefix: Path })).toEqual([]);
    expect(await names({ Scope: 'AWS' })).toContain('AmazonECS_FullAccess');

    const all = await list({});
    const paged: (string | undefined)[] = [];
    for (let Marker: string | undefined; ;) {
      const page = await iam().send(new ListPoliciesCommand({ MaxItems: 4, Marker }));
      paged.push(...page.Policies!.map((policy) => policy.Arn));
      Marker = page.Marker;
      if (page.IsTruncated !== true) break;
    }
    expect(paged).toEqual(all.map((policy) => policy.Arn));
    expect(paged.filter((arn) => arn?.endsWith('/AdministratorAccess'))).toHaveLength(2);
    await expect(list({ Scope: 'Mine' })).rejects.toMatchObject({
      message:
        "1 validation error detected: Value 'Mine' at 'scope' failed to satisfy constraint: Member must satisfy enum value set: [AWS, All, Local]",
    });
  });

  it('refuse documents that are wrong or too large', async () => {
    await expect(create('bad', { PolicyDocument: 'no JSON' })).rejects.toMatchObject({
      name: 'MalformedPolicyDocumentException',
      $metadata: { httpStatusCode: 400 },
    });
    const roomy = allow(`ecs:${'x'.repeat(6144)}`);
    await expect(create('bad', { PolicyDocument: roomy })).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PolicySize: 6144',
    });
    await create('spacious', { PolicyDocument: allow('ecs:*').replace('{', `{${' \n'.repeat(4000)}`) });
  });
});

describe('attachments', () => {
  beforeAll(async () => {
    await createUser('holder');
  });
  const attach = (PolicyArn: string, UserName = 'holder') =>
    iam().send(new AttachUserPolicyCommand({ UserName, PolicyArn }));
  const detach = (PolicyArn: string) => iam().send(new DetachUserPolicyCommand({ UserName: 'holder', PolicyArn }));

  it('come and go, and keep a policy from being deleted', async () => {
    const arn = await create('attached', { Path: '/p/' });
    for (const each of [arn, ADMIN, arn]) await attach(each);
    const list = (input: object) => iam().send(new ListAttachedUserPoliciesCommand({ UserName: 'holder', ...input }));
    const first = await list({ MaxItems: 1 });
    expect(first).toMatchObject({
      AttachedPolicies: [{ PolicyName: 'AdministratorAccess', PolicyArn: ADMIN }],
      IsTruncated: true,
    });
    const rest = await list({ Marker: first.Marker });
    expect(rest.AttachedPolicies).toEqual([{ PolicyName: 'attached', PolicyArn: arn }]);
    expect((await list({ PathPrefix: '/p/' })).AttachedPolicies).toHaveLength(1);
    expect((await iam().send(new GetPolicyCommand({ PolicyArn: arn }))).Policy).toMatchObject({ AttachmentCount: 1 });
    await expect(iam().send(new DeletePolicyCommand({ PolicyArn: arn }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete a policy attached to entities.',
    });
    await detach(arn);
    await expect(detach(arn)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Policy ${arn} was not found.`,
    });
    await iam().send(new DeletePolicyCommand({ PolicyArn: arn }));
  });

  it.each([
    [iamArnOf('policy/none'), 'NoSuchEntityException', 'does not exist or is not attachable.'],
    [iamArnOf('policy/none', '999999999999'), 'NoSuchEntityException', 'does not exist or is not attachable.'],
    ['arn:aws:iam::123456789012:role/x', 'InvalidInputException', 'ARN arn:aws:iam::123456789012:role/x is not valid.'],
    [
      iamArnOf('policy/aws-service-role/AmazonECSServiceRolePolicy', 'aws'),
      'PolicyNotAttachableException',
      'Cannot attach a Service Role Policy to a Customer Role.',
    ],
  ])('are refused of %s', async (arn, name, message) => {
    await expect(attach(arn)).rejects.toMatchObject({ name, message: expect.stringContaining(message) as string });
  });

  it('are ten at most', async () => {
    await createUser('full');
    const arns = await Promise.all(Array.from({ length: 11 }, (_, i) => create(`full${i}`)));
    for (const arn of arns.slice(0, 10)) await attach(arn, 'full');
    await attach(arns[0]!, 'full');
    await expect(attach(arns[10]!, 'full')).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for PoliciesPerUser: 10',
    });
  });

  it('are found from the policy, by kind, path and use', async () => {
    const PolicyArn = await create('shared');
    await createUser('su');
    await iam().send(new CreateGroupCommand({ GroupName: 'sg' }));
    await createRole('sr', { Path: '/roles/' });
    await createRole('bounded', { PermissionsBoundary: PolicyArn });
    await attach(PolicyArn, 'su');
    await iam().send(new AttachGroupPolicyCommand({ GroupName: 'sg', PolicyArn }));
    await iam().send(new AttachRolePolicyCommand({ RoleName: 'sr', PolicyArn }));
    const find = async (input: object) => {
      const answer = await iam().send(new ListEntitiesForPolicyCommand({ PolicyArn, ...input }));
      const { PolicyGroups: groups = [], PolicyRoles: roles = [], PolicyUsers: users = [] } = answer;
      return {
        names: [
          ...groups.map((group) => group.GroupName),
          ...roles.map((role) => role.RoleName),
          ...users.map((user) => user.UserName),
        ],
        marker: answer.Marker,
      };
    };
    expect((await find({})).names).toEqual(['sg', 'bounded', 'sr', 'su']);
    expect((await find({ PolicyUsageFilter: 'PermissionsPolicy' })).names).toEqual(['sg', 'sr', 'su']);
    expect((await find({ PolicyUsageFilter: 'PermissionsBoundary' })).names).toEqual(['bounded']);
    expect((await find({ EntityFilter: 'User' })).names).toEqual(['su']);
    expect((await find({ PathPrefix: '/roles/' })).names).toEqual(['sr']);
    const first = await find({ MaxItems: 3 });
    expect(first.names).toEqual(['sg', 'bounded', 'sr']);
    expect((await find({ Marker: first.marker })).names).toEqual(['su']);
    await expect(find({ EntityFilter: 'LocalManagedPolicy' })).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

describe('inline policies', () => {
  beforeAll(async () => {
    await createUser('inline');
    await iam().send(new CreateGroupCommand({ GroupName: 'inline' }));
    await createRole('inline');
  });
  const policy = { PolicyName: 'p1', PolicyDocument: allow('ecs:RunTask') };
  const calls = {
    user: {
      size: 2048,
      put: (input: object) => iam().send(new PutUserPolicyCommand({ UserName: 'inline', ...policy, ...input })),
      get: () => iam().send(new GetUserPolicyCommand({ UserName: 'inline', PolicyName: 'p1' })),
      list: (input: object) => iam().send(new ListUserPoliciesCommand({ UserName: 'inline', ...input })),
      remove: () => iam().send(new DeleteUserPolicyCommand({ UserName: 'inline', PolicyName: 'p1' })),
    },
    group: {
      size: 5120,
      put: (input: object) => iam().send(new PutGroupPolicyCommand({ GroupName: 'inline', ...policy, ...input })),
      get: () => iam().send(new GetGroupPolicyCommand({ GroupName: 'inline', PolicyName: 'p1' })),
      list: (input: object) => iam().send(new ListGroupPoliciesCommand({ GroupName: 'inline', ...input })),
      remove: () => iam().send(new DeleteGroupPolicyCommand({ GroupName: 'inline', PolicyName: 'p1' })),
    },
    role: {
      size: 10_240,
      put: (input: object) => iam().send(new PutRolePolicyCommand({ RoleName: 'inline', ...policy, ...input })),
      get: () => iam().send(new GetRolePolicyCommand({ RoleName: 'inline', PolicyName: 'p1' })),
      list: (input: object) => iam().send(new ListRolePoliciesCommand({ RoleName: 'inline', ...input })),
      remove: () => iam().send(new DeleteRolePolicyCommand({ RoleName: 'inline', PolicyName: 'p1' })),
    },
  } as const;

  it.each(['user', 'group', 'role'] as const)('of a %s are put, read, listed and deleted', async (kind) => {
    const { size, put, get, list, remove } = calls[kind];
    await put({ PolicyDocument: allow('ecs:*') });
    await put({});
    await put({ PolicyName: 'p0' });
    const found = await get();
    expect(found).toMatchObject({ PolicyName: 'p1' });
    expect(Object.values(found)).toContain('inline');
    expect(decodeURIComponent(found.PolicyDocument!)).toBe(policy.PolicyDocument);
    const first = await list({ MaxItems: 1 });
    expect(first).toMatchObject({ PolicyNames: ['p0'], IsTruncated: true });
    expect(await list({ Marker: first.Marker })).toMatchObject({ PolicyNames: ['p1'], IsTruncated: false });
    await expect(
      put({ PolicyName: 'p2', PolicyDocument: allow(`ecs:${'x'.repeat(size - 200)}`) }),
    ).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: `Maximum policy size of ${size} bytes exceeded for ${kind} inline`,
    });
    await remove();
    for (const gone of [get, remove]) {
      await expect(gone()).rejects.toMatchObject({
        name: 'NoSuchEntityException',
        message: `The ${kind} policy with name p1 cannot be found.`,
      });
    }
  });

  it('are refused for who does not exist', async () => {
    await expect(calls.user.put({ UserName: 'none' })).rejects.toMatchObject({
      message: 'The user with name none cannot be found.',
    });
  });
});

it('counts the account', async () => {
  const counted = async () => (await iam().send(new GetAccountSummaryCommand({}))).SummaryMap!;
  const before = await counted();
  await createUser('counted');
  await create('counted');
  const after = await counted();
  expect(after).toEqual({
    ...before,
    Users: before['Users']! + 1,
    Policies: before['Policies']! + 1,
    PolicyVersionsInUse: before['PolicyVersionsInUse']! + 1,
  });
  expect(after).toMatchObject({ UsersQuota: 5000, AccountAccessKeysPresent: 0, MFADevices: 0 });
});
