/** Users, groups and memberships over the IAM API. */
import {
  AddUserToGroupCommand,
  CreateGroupCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  GetGroupCommand,
  GetUserCommand,
  ListGroupsCommand,
  ListGroupsForUserCommand,
  ListUsersCommand,
  ListUserTagsCommand,
  PutUserPolicyCommand,
  RemoveUserFromGroupCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateGroupCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';
import { ACCOUNT, allow, iamArnOf, withIam } from '../support/iam-calls.ts';

const api = withApi();
const iam = withIam(api);
const create = (UserName: string, input: object = {}) => iam().send(new CreateUserCommand({ UserName, ...input }));
const createGroup = (GroupName: string, input: object = {}) =>
  iam().send(new CreateGroupCommand({ GroupName, ...input }));

describe('users', () => {
  it('are created and read', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const { User } = await create('ada', { Path: '/dev/team/', Tags: [{ Key: 'team', Value: 'a b' }] });
    expect(User).toEqual({
      Path: '/dev/team/',
      UserName: 'ada',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
      Arn: iamArnOf('user/dev/team/ada'),
      CreateDate: expect.any(Date),
      Tags: [{ Key: 'team', Value: 'a b' }],
    });
    expect(User!.CreateDate!.getTime()).toBeGreaterThanOrEqual(before);
    expect(User!.CreateDate!.getMilliseconds()).toBe(0);
    expect((await iam().send(new GetUserCommand({ UserName: 'ada' }))).User).toEqual(User);
  });

  it('are root where nobody is named and root calls', async () => {
    expect((await iam().send(new GetUserCommand({}))).User).toEqual({
      UserId: ACCOUNT,
      Arn: iamArnOf('root'),
      CreateDate: expect.any(Date),
    });
  });

  it('have names that are unique in any case, and found in their own', async () => {
    await create('Grace');
    await expect(create('grace')).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
      message: 'User with name grace already exists.',
      $metadata: { httpStatusCode: 409 },
    });
    await expect(iam().send(new GetUserCommand({ UserName: 'grace' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The user with name grace cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('are listed by path, in pages, without tags', async () => {
    for (const name of ['p3', 'p1', 'p2']) await create(name, { Path: '/pages/', Tags: [{ Key: 'k', Value: 'v' }] });
    const first = await iam().send(new ListUsersCommand({ PathPrefix: '/pages/', MaxItems: 2 }));
    expect(first.Users?.map((user) => user.UserName)).toEqual(['p1', 'p2']);
    expect(first.Users?.[0]).not.toHaveProperty('Tags');
    expect(first.IsTruncated).toBe(true);
    const next = { PathPrefix: '/pages/', MaxItems: 2, Marker: first.Marker };
    const second = await iam().send(new ListUsersCommand(next));
    expect(second.Users?.map((user) => user.UserName)).toEqual(['p3']);
    expect(second.IsTruncated).toBe(false);
    expect(second.Marker).toBeUndefined();
    await expect(iam().send(new ListUsersCommand({ ...next, PathPrefix: '/' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Invalid Marker.',
    });
  });

  it('are renamed and moved, and keep what they have', async () => {
    await create('old', { Path: '/a/' });
    await create('other');
    await iam().send(new PutUserPolicyCommand({ UserName: 'old', PolicyName: 'p', PolicyDocument: allow('ecs:*') }));
    const rename = (input: object) => iam().send(new UpdateUserCommand({ UserName: 'old', ...input }));
    await expect(rename({ NewUserName: 'OTHER' })).rejects.toMatchObject({ name: 'EntityAlreadyExistsException' });
    await rename({ NewUserName: 'Old' });
    await iam().send(new UpdateUserCommand({ UserName: 'Old', NewPath: '/b/' }));
    const { User } = await iam().send(new GetUserCommand({ UserName: 'Old' }));
    expect(User).toMatchObject({ UserName: 'Old', Arn: iamArnOf('user/b/Old') });
    await expect(iam().send(new DeleteUserCommand({ UserName: 'Old' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must delete policies first.',
    });
  });

  it('have tags whose keys mean the same in any case', async () => {
    await create('tagged', { Tags: [{ Key: 'Team', Value: '1' }] });
    const tag = (Tags: { Key: string; Value: string }[]) =>
      iam().send(new TagUserCommand({ UserName: 'tagged', Tags }));
    await tag([
      { Key: 'team', Value: '2' },
      { Key: 'env', Value: '' },
    ]);
    const list = () => iam().send(new ListUserTagsCommand({ UserName: 'tagged' }));
    expect((await list()).Tags).toEqual([
      { Key: 'env', Value: '' },
      { Key: 'team', Value: '2' },
    ]);
    await expect(
      tag([
        { Key: 'A', Value: '' },
        { Key: 'a', Value: '' },
      ]),
    ).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: 'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    });
    await expect(tag([{ Key: 'aws:x', Value: '' }])).rejects.toMatchObject({ name: 'InvalidInputException' });
    await expect(tag(Array.from({ length: 49 }, (_, i) => ({ Key: `k${i}`, Value: '' })))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    await iam().send(new UntagUserCommand({ UserName: 'tagged', TagKeys: ['TEAM', 'none'] }));
    expect((await list()).Tags).toEqual([{ Key: 'env', Value: '' }]);
  });
});

describe('groups', () => {
  it('have users, and end when they have none', async () => {
    const { Group } = await createGroup('ops', { Path: '/teams/' });
    expect(Group).toMatchObject({
      Arn: iamArnOf('group/teams/ops'),
      GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/) as string,
    });
    for (const name of ['m2', 'm1']) await create(name);
    const member = (UserName: string) => ({ GroupName: 'ops', UserName });
    for (const name of ['m2', 'm1', 'm1']) await iam().send(new AddUserToGroupCommand(member(name)));
    const page = await iam().send(new GetGroupCommand({ GroupName: 'ops', MaxItems: 1 }));
    expect(page.Group).toEqual(Group);
    expect(page.Users?.map((user) => user.UserName)).toEqual(['m1']);
    const rest = await iam().send(new GetGroupCommand({ GroupName: 'ops', Marker: page.Marker }));
    expect(rest.Users?.map((user) => user.UserName)).toEqual(['m2']);
    const { Groups } = await iam().send(new ListGroupsForUserCommand({ UserName: 'm1' }));
    expect(Groups).toEqual([Group]);
    const deleteGroup = () => iam().send(new DeleteGroupCommand({ GroupName: 'ops' }));
    await expect(deleteGroup()).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must remove users from group first.',
    });
    await expect(iam().send(new DeleteUserCommand({ UserName: 'm1' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    for (const name of ['m1', 'm2']) await iam().send(new RemoveUserFromGroupCommand(member(name)));
    await expect(iam().send(new RemoveUserFromGroupCommand(member('m1')))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
    });
    await deleteGroup();
    await expect(iam().send(new GetGroupCommand({ GroupName: 'ops' }))).rejects.toMatchObject({
      message: 'The group with name ops cannot be found.',
    });
  });

  it('are renamed, and listed by path', async () => {
    await createGroup('before', { Path: '/x/' });
    await iam().send(new UpdateGroupCommand({ GroupName: 'before', NewGroupName: 'after', NewPath: '/y/' }));
    const listed = async (PathPrefix: string) =>
      (await iam().send(new ListGroupsCommand({ PathPrefix }))).Groups?.map((group) => group.GroupName);
    expect(await listed('/x/')).toEqual([]);
    expect(await listed('/y/')).toEqual(['after']);
  });

  it('hold a user ten at most', async () => {
    await create('joiner');
    const names = Array.from({ length: 11 }, (_, i) => `join${i}`);
    for (const name of names) await createGroup(name);
    const join = (GroupName: string) => iam().send(new AddUserToGroupCommand({ GroupName, UserName: 'joiner' }));
    for (const name of names.slice(0, 10)) await join(name);
    await expect(join('join10')).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Cannot exceed quota for GroupsPerUser: 10',
      $metadata: { httpStatusCode: 409 },
    });
  });
});

describe('values that IAM does not take', () => {
  it.each([
    [
      'a name with a blank',
      { UserName: 'a b' },
      String.raw`1 validation error detected: Value 'a b' at 'userName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]+`,
    ],
    ['a long name', { UserName: 'x'.repeat(65) }, 'Member must have length less than or equal to 64'],
    ['a path without its end', { UserName: 'a', Path: '/b' }, "Value '/b' at 'path' failed to satisfy constraint"],
    ['a boundary that is no ARN', { UserName: 'a', PermissionsBoundary: 'x' }, 'greater than or equal to 20'],
    ['a tag with a wrong character', { UserName: 'a', Tags: [{ Key: 'a;', Value: '' }] }, "at 'tags.1.member.key'"],
    [
      'two at once',
      { UserName: 'a b', Path: 'x' },
      /^2 validation errors detected: Value 'a b' at 'userName' .*; Value 'x' at 'path' /,
    ],
  ])('%s', async (_what, input, message) => {
    await expect(iam().send(new CreateUserCommand(input))).rejects.toMatchObject({
      name: 'ValidationError',
      message:
        typeof message === 'string' ? (expect.stringContaining(message) as string) : expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('a page of nothing, or of too much', async () => {
    for (const MaxItems of [0, 1001]) {
      await expect(iam().send(new ListUsersCommand({ MaxItems }))).rejects.toMatchObject({
        name: 'ValidationError',
        message: expect.stringContaining(
          "at 'maxItems' failed to satisfy constraint: Member must have value",
        ) as string,
      });
    }
  });
});
