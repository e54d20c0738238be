/** The policy simulator over the IAM API. */
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  type ContextEntry,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutUserPermissionsBoundaryCommand,
  PutUserPolicyCommand,
  SimulateCustomPolicyCommand,
  type SimulateCustomPolicyCommandInput,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { beforeAll, describe, expect, it } from 'vitest';
import { withApi } from '../support/api-under-test.ts';
import { allow, iamArnOf, TRUST, withIam } from '../support/iam-calls.ts';

const api = withApi();
const iam = withIam(api);
const CLUSTER = 'arn:aws:ecs:us-east-1:123456789012:cluster/prod';
const document = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const entry = (key: string, values: string[], type: ContextEntry['ContextKeyType'] = 'string'): ContextEntry => ({
  ContextKeyName: key,
  ContextKeyValues: values,
  ContextKeyType: type,
});

const custom = (input: Partial<SimulateCustomPolicyCommandInput>) =>
  iam().send(
    new SimulateCustomPolicyCommand({
      PolicyInputList: [allow('ecs:RunTask')],
      ActionNames: ['ecs:RunTask'],
      ...input,
    }),
  );
const principal = (input: Partial<SimulatePrincipalPolicyCommandInput>) =>
  iam().send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: iamArnOf('user/ada'),
      ActionNames: ['ecs:RunTask'],
      ...input,
    }),
  );

beforeAll(async () => {
  const ada = { UserName: 'ada' };
  await iam().send(new CreateUserCommand({ ...ada, Tags: [{ Key: 'team', Value: 'a' }] }));
  await iam().send(new CreateGroupCommand({ GroupName: 'ops' }));
  await iam().send(new AddUserToGroupCommand({ ...ada, GroupName: 'ops' }));
  const stop = new CreatePolicyCommand({ PolicyName: 'stop', PolicyDocument: allow('ecs:StopTask') });
  const { Policy } = await iam().send(stop);
  await iam().send(new AttachGroupPolicyCommand({ GroupName: 'ops', PolicyArn: Policy!.Arn }));
  const inline = document(
    { Effect: 'Allow', Action: 'ecs:RunTask', Resource: '*', Condition: { StringEquals: { 'ecs:cluster': CLUSTER } } },
    { Effect: 'Deny', Action: 'ecs:DeleteCluster', Resource: CLUSTER },
  );
  await iam().send(new PutUserPolicyCommand({ ...ada, PolicyName: 'run', PolicyDocument: inline }));
  await iam().send(new CreateRoleCommand({ RoleName: 'task', AssumeRolePolicyDocument: TRUST }));
});

describe('SimulatePrincipalPolicy', () => {
  it('decides by the policies of a user and the groups, and names the one that decided', async () => {
    const { EvaluationResults } = await principal({
      ActionNames: ['ecs:RunTask', 'ecs:StopTask', 'ecs:DeleteCluster', 'ecs:ListClusters'],
      ResourceArns: [CLUSTER],
      ContextEntries: [entry('ecs:cluster', [CLUSTER])],
    });
    expect(
      EvaluationResults?.map((result) => [result.EvalActionName, result.EvalDecision, result.MatchedStatements]),
    ).toEqual([
      ['ecs:RunTask', 'allowed', [{ SourcePolicyId: 'user_ada_run', SourcePolicyType: 'user' }]],
      ['ecs:StopTask', 'allowed', [{ SourcePolicyId: 'stop', SourcePolicyType: 'user-managed' }]],
      ['ecs:DeleteCluster', 'explicitDeny', [{ SourcePolicyId: 'user_ada_run', SourcePolicyType: 'user' }]],
      ['ecs:ListClusters', 'implicitDeny', []],
    ]);
    expect(EvaluationResults?.[0]).toMatchObject({
      EvalResourceName: CLUSTER,
      ResourceSpecificResults: [{ EvalResourceName: CLUSTER, EvalResourceDecision: 'allowed' }],
    });
  });

  it('names the condition keys that have no value', async () => {
    const { EvaluationResults } = await principal({});
    expect(EvaluationResults).toMatchObject([
      { EvalResourceName: '*', EvalDecision: 'implicitDeny', MissingContextValues: ['ecs:cluster'] },
    ]);
    const specific = await principal({ ResourceArns: [CLUSTER] });
    expect(specific.EvaluationResults?.[0]?.ResourceSpecificResults).toMatchObject([
      { MissingContextValues: ['ecs:cluster'] },
    ]);
  });

  it('knows groups and roles, and policies on top of theirs', async () => {
    const group = await principal({ PolicySourceArn: iamArnOf('group/ops'), ActionNames: ['ecs:StopTask'] });
    expect(group.EvaluationResults).toMatchObject([{ EvalDecision: 'allowed' }]);
    const role = { PolicySourceArn: iamArnOf('role/task') };
    expect((await principal(role)).EvaluationResults).toMatchObject([{ EvalDecision: 'implicitDeny' }]);
    const session = document({
      Effect: 'Allow',
      Action: 'ecs:RunTask',
      Resource: '*',
      Condition: { ArnEquals: { 'aws:PrincipalArn': role.PolicySourceArn } },
    });
    expect((await principal({ ...role, PolicyInputList: [session] })).EvaluationResults).toMatchObject([
      {
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1', SourcePolicyType: 'none' }],
      },
    ]);
  });

  it('keeps within the boundary, its own or the one in the request', async () => {
    await iam().send(new CreateUserCommand({ UserName: 'bounded' }));
    const boundary = { UserName: 'bounded', PermissionsBoundary: iamArnOf('policy/IAMReadOnlyAccess', 'aws') };
    await iam().send(new PutUserPermissionsBoundaryCommand(boundary));
    const ask = async (input: object = {}) => {
      const request = { PolicySourceArn: iamArnOf('user/bounded'), PolicyInputList: [allow('*')], ...input };
      return (await principal(request)).EvaluationResults?.[0];
    };
    expect(await ask()).toMatchObject({
      EvalDecision: 'implicitDeny',
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    expect(await ask({ PermissionsBoundaryPolicyInputList: [allow('ecs:*')] })).toMatchObject({
      EvalDecision: 'allowed',
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
    });
  });

  it.each([
    ['no ARN', { PolicySourceArn: 'arn:of:nothing:at:all' }, 'InvalidInputException', 'Invalid Entity Arn'],
    ['a policy', { PolicySourceArn: iamArnOf('policy/stop') }, 'InvalidInputException', 'Invalid Entity Arn'],
    ['another path', { PolicySourceArn: iamArnOf('user/x/ada') }, 'NoSuchEntityException', 'cannot be found'],
    [
      'a key of the principal',
      { ContextEntries: [entry('aws:username', ['eve'])] },
      'InvalidInputException',
      'follows',
    ],
    [
      'what it leaves out',
      { PolicyExclusionList: [{ PolicyType: 'inline' }] },
      'ValidationError',
      'PolicyExclusionList',
    ],
  ])('refuses %s', async (_what, input, name, message) => {
    await expect(principal(input as object)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('SimulateCustomPolicy', () => {
  it('answers each action on each resource, in pages', async () => {
    const ResourceArns = [CLUSTER, '*'];
    const input = { ActionNames: ['ecs:RunTask', 'ecs:StopTask'], ResourceArns };
    const whole = (await custom(input)).EvaluationResults!;
    expect(whole.map((result) => [result.EvalActionName, result.EvalResourceName, result.EvalDecision])).toEqual([
      ['ecs:RunTask', CLUSTER, 'allowed'],
      ['ecs:RunTask', '*', 'allowed'],
      ['ecs:StopTask', CLUSTER, 'implicitDeny'],
      ['ecs:StopTask', '*', 'implicitDeny'],
    ]);
    const first = await custom({ ...input, MaxItems: 3 });
    expect(first).toMatchObject({ IsTruncated: true });
    const rest = await custom({ ...input, Marker: first.Marker });
    expect([...first.EvaluationResults!, ...rest.EvaluationResults!]).toEqual(whole);
    await expect(custom({ ResourceArns, Marker: first.Marker })).rejects.toMatchObject({ message: 'Invalid Marker.' });
  });

  it('takes values of every kind, and the time, from the request', async () => {
    const PolicyInputList = [
      document({
        Effect: 'Allow',
        Action: 'ecs:*',
        Resource: '*',
        Condition: {
          DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] },
          NumericLessThan: { 'ecs:task-cpu': '512' },
          IpAddress: { 'aws:SourceIp': '10.0.0.0/8' },
          Bool: { 'aws:SecureTransport': 'true' },
        },
      }),
    ];
    const entries = (time: string) => [
      entry('aws:CurrentTime', [time], 'date'),
      entry('aws:TagKeys', ['a', 'b'], 'stringList'),
      entry('ecs:task-cpu', ['256'], 'numeric'),
      entry('aws:SourceIp', ['10.1.2.3'], 'ip'),
      entry('aws:SecureTransport', ['true'], 'boolean'),
    ];
    const decision = async (time: string) =>
      (await custom({ PolicyInputList, ContextEntries: entries(time) })).EvaluationResults?.[0];
    expect(await decision('2019-06-01T00:00:00Z')).toMatchObject({ EvalDecision: 'allowed', MissingContextValues: [] });
    expect(await decision('2021-06-01T00:00:00Z')).toMatchObject({ EvalDecision: 'implicitDeny' });
  });

  it('asks the policy of the resource for the caller', async () => {
    const ResourcePolicy = document({
      Effect: 'Allow',
      Principal: { AWS: iamArnOf('user/ada') },
      Action: 'ecs:StopTask',
      Resource: '*',
    });
    const input = { ActionNames: ['ecs:StopTask'], ResourcePolicy };
    expect((await custom({ ...input, CallerArn: iamArnOf('user/ada') })).EvaluationResults).toMatchObject([
      { EvalDecision: 'allowed', MatchedStatements: [{ SourcePolicyType: 'resource' }] },
    ]);
    await expect(custom(input)).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringContaining('CallerArn is required') as string,
    });
  });

  it.each([
    ['a pattern for an action', { ActionNames: ['ecs:*'] }, 'InvalidInputException', 'Invalid Entity Action: ecs:*'],
    ['a resource that is no ARN', { ResourceArns: ['prod'] }, 'InvalidInputException', 'Invalid Entity Arn: prod'],
    ['a broken document', { PolicyInputList: ['{}'] }, 'InvalidInputException', 'must have a statement'],
    [
      'two boundaries',
      { PermissionsBoundaryPolicyInputList: [allow('a:b'), allow('a:b')] },
      'InvalidInputException',
      'one permissions boundary',
    ],
    [
      'two values of one',
      { ContextEntries: [entry('ecs:cluster', ['a', 'b'])] },
      'InvalidInputException',
      'more than one value',
    ],
    [
      'a key twice',
      { ContextEntries: [entry('a:bcd', ['a']), entry('A:BCD', ['a'])] },
      'InvalidInputException',
      'entry',
    ],
    [
      'a value of another type',
      { ContextEntries: [entry('ecs:task-cpu', ['much'], 'numeric')] },
      'InvalidInputException',
      "'much' of the context key ecs:task-cpu is not of type numeric.",
    ],
    ['another owner', { ResourceOwner: iamArnOf('root') }, 'ValidationError', 'ResourceOwner'],
  ])('refuses %s', async (_what, input, name, message) => {
    await expect(custom(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) as string });
  });
});
