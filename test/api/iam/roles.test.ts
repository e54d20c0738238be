/** Roles, those of services included, over the IAM API. */
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteServiceLinkedRoleCommand,
  GetRoleCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';
import { allow, iamArnOf, TRUST, withIam } from '../support/iam-calls.ts';

const api = withApi();
const iam = withIam(api);
const create = (RoleName: string, input: object = {}) =>
  iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, ...input }));
const get = async (RoleName: string) => (await iam().send(new GetRoleCommand({ RoleName }))).Role;

describe('roles', () => {
  it('are created and read, with the trust policy percent-encoded', async () => {
    const { Role } = await create('task', {
      Path: '/app/',
      Description: 'What (tasks) may do',
      MaxSessionDuration: 7200,
    });
    expect(Role).toEqual({
      Path: '/app/',
      RoleName: 'task',
      RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      Arn: iamArnOf('role/app/task'),
      CreateDate: expect.any(Date),
      AssumeRolePolicyDocument: expect.stringContaining('%22Service%22%3A%22ecs-tasks.amazonaws.com%22'),
      Description: 'What (tasks) may do',
      MaxSessionDuration: 7200,
    });
    expect(decodeURIComponent(Role!.AssumeRolePolicyDocument!)).toBe(TRUST);
    expect(await get('task')).toEqual(Role);
    const { Roles } = await iam().send(new ListRolesCommand({ PathPrefix: '/app/' }));
    expect(Roles).toEqual([Role]);
  });

  it('trust nobody of an issuer that many share without saying whom', async () => {
    const Federated = iamArnOf('oidc-provider/token.actions.githubusercontent.com');
    const statement = { Effect: 'Allow', Principal: { Federated }, Action: 'sts:AssumeRoleWithWebIdentity' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: statement });
    const refused = {
      name: 'MalformedPolicyDocumentException',
      message: expect.stringContaining('compares token.actions.githubusercontent.com:sub with values'),
    };
    await expect(create('hub', { AssumeRolePolicyDocument: PolicyDocument })).rejects.toMatchObject(refused);
    await create('hub');
    await expect(
      iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'hub', PolicyDocument })),
    ).rejects.toMatchObject(refused);
    expect(decodeURIComponent((await get('hub'))!.AssumeRolePolicyDocument!)).toBe(TRUST);
  });

  it('escape what RFC 3986 reserves', async () => {
    const trust = TRUST.replace('2012-10-17"', `2012-10-17","Id":"it's (a*) test!"`);
    await create('reserved', { AssumeRolePolicyDocument: trust });
    const encoded = (await get('reserved'))!.AssumeRolePolicyDocument!;
    expect(encoded).not.toMatch(/[!'()*]/);
    expect(encoded).toContain('it%27s%20%28a%2A%29%20test%21');
    expect(decodeURIComponent(encoded)).toBe(trust);
  });

  it('are changed', async () => {
    await create('changed');
    expect(await get('changed')).toMatchObject({ MaxSessionDuration: 3600 });
    await iam().send(new UpdateRoleCommand({ RoleName: 'changed', MaxSessionDuration: 43_200 }));
    await iam().send(new UpdateRoleCommand({ RoleName: 'changed', Description: 'one' }));
    const answer = await iam().send(new UpdateRoleDescriptionCommand({ RoleName: 'changed', Description: 'two' }));
    expect(answer.Role).toMatchObject({ Description: 'two', MaxSessionDuration: 43_200 });
    const trust = TRUST.replace('ecs-tasks', 'ec2');
    await iam().send(new UpdateAssumeRolePolicyCommand({ RoleName: 'changed', PolicyDocument: trust }));
    expect(decodeURIComponent((await get('changed'))!.AssumeRolePolicyDocument!)).toBe(trust);
  });

  it('have a permissions boundary', async () => {
    const arn = iamArnOf('policy/PowerUserAccess', 'aws');
    const boundary = { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: arn } };
    await create('bounded', { PermissionsBoundary: arn });
    expect(await get('bounded')).toMatchObject(boundary);
    const remove = () => iam().send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'bounded' }));
    await remove();
    expect(await get('bounded')).not.toHaveProperty('PermissionsBoundary');
    await expect(remove()).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    const put = (PermissionsBoundary: string) =>
      iam().send(new PutRolePermissionsBoundaryCommand({ RoleName: 'bounded', PermissionsBoundary }));
    await put(arn);
    expect(await get('bounded')).toMatchObject(boundary);
    await expect(put(iamArnOf('policy/none'))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `Scope ARN: ${iamArnOf('policy/none')} does not exist or is not attachable.`,
    });
  });

  it('are not deleted while they have policies', async () => {
    await create('busy');
    await iam().send(
      new PutRolePolicyCommand({ RoleName: 'busy', PolicyName: 'p', PolicyDocument: allow('ecs:RunTask') }),
    );
    const attach = { RoleName: 'busy', PolicyArn: iamArnOf('policy/AdministratorAccess', 'aws') };
    await iam().send(new AttachRolePolicyCommand(attach));
    await expect(iam().send(new DeleteRoleCommand({ RoleName: 'busy' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
      $metadata: { httpStatusCode: 409 },
    });
  });

  it('are in no instance profile', async () => {
    await create('alone');
    const answer = await iam().send(new ListInstanceProfilesForRoleCommand({ RoleName: 'alone' }));
    expect(answer).toMatchObject({ InstanceProfiles: [], IsTruncated: false });
    await expect(iam().send(new ListInstanceProfilesForRoleCommand({ RoleName: 'none' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });

  it.each([
    ['a short session', { MaxSessionDuration: 3599 }, 'ValidationError', 'greater than or equal to 3600'],
    ['a trust policy that is no JSON', { AssumeRolePolicyDocument: '{' }, 'MalformedPolicyDocumentException', 'Syntax'],
    [
      'a trust policy that trusts nobody',
      { AssumeRolePolicyDocument: allow('sts:AssumeRole') },
      'MalformedPolicyDocumentException',
      'Missing required field Principal',
    ],
    [
      'a large trust policy',
      { AssumeRolePolicyDocument: TRUST.replace('{', `{"Id":"${'x'.repeat(2048)}",`) },
      'LimitExceededException',
      'Cannot exceed quota for ACLSizePerRole: 2048',
    ],
    ['the path of services', { Path: '/aws-service-role/x/' }, 'InvalidInputException', 'CreateServiceLinkedRole'],
  ])('refuse %s', async (_what, input, name, message) => {
    await expect(create('refused', input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    });
    await expect(get('refused')).rejects.toMatchObject({ message: 'The role with name refused cannot be found.' });
  });
});

it('refuses by name what only newer clients know', async () => {
  const form = new URLSearchParams({
    Action: 'CreateRole',
    Version: '2010-05-08',
    RoleName: 'newer',
    AssumeRolePolicyDocument: TRUST,
    MaxSigninSessionDuration: '3600',
  });
  const response = await fetch(api().url, { method: 'POST', body: form });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('Not supported by Longshore yet: MaxSigninSessionDuration.');
});

describe('the service-linked role of ECS', () => {
  const RoleName = 'AWSServiceRoleForECS';
  const make = (input: object = {}) =>
    iam().send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com', ...input }));

  it('is made once, changed by nobody, and deleted by a task', async () => {
    const { Role } = await make({ Description: 'for ECS' });
    expect(Role).toMatchObject({
      RoleName,
      Arn: iamArnOf(`role/aws-service-role/ecs.amazonaws.com/${RoleName}`),
      Description: 'for ECS',
    });
    const attached = await iam().send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(attached.AttachedPolicies?.map((policy) => policy.PolicyName)).toEqual(['AmazonECSServiceRolePolicy']);
    await expect(make()).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: `Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
    });
    for (const change of [
      () => iam().send(new DeleteRoleCommand({ RoleName })),
      () => iam().send(new UpdateRoleCommand({ RoleName, MaxSessionDuration: 7200 })),
      () => iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: allow('*') })),
    ]) {
      await expect(change()).rejects.toMatchObject({
        name: 'UnmodifiableEntityException',
        message: `Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`,
      });
    }
    const { DeletionTaskId } = await iam().send(new DeleteServiceLinkedRoleCommand({ RoleName }));
    const status = (id: string) => iam().send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId: id }));
    expect(await status(DeletionTaskId!)).toMatchObject({ Status: 'SUCCEEDED' });
    await expect(status('task/none')).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    await expect(get(RoleName)).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  it('is the only one, and has no suffix', async () => {
    await expect(make({ AWSServiceName: 'lambda.amazonaws.com' })).rejects.toMatchObject({
      name: 'InvalidInputException',
    });
    await expect(make({ CustomSuffix: 'x' })).rejects.toMatchObject({ name: 'InvalidInputException' });
    await create('ordinary');
    await expect(iam().send(new DeleteServiceLinkedRoleCommand({ RoleName: 'ordinary' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
  });
});
