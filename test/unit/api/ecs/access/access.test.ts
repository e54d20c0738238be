/** Which resources, keys and further actions single requests ask for. */
import { describe, expect, it } from 'vitest';
import type { Access } from '../../../../../api/ecs/access/access.ts';
import { accessOf } from '../../../../../api/ecs/access/index.ts';
import { resourceTagKeys } from '../../../../../api/auth/tag-keys.ts';
import { withDefinition } from '../../../../../api/ecs/access/pass-role.ts';
import { arn, INSTANCE, PARTITION, ROLE, SAMPLES, TASK } from './samples.ts';

const scope = { partition: PARTITION };
const access = (operation: string, input: object): readonly Access[] => accessOf(operation, input, scope);
const actionsOf = (accesses: readonly Access[]): readonly string[] =>
  accesses.flatMap(({ action, resources }) => resources.map((resource) => `${action} ${resource}`));

describe('the resource', () => {
  it.each<[string, object, readonly string[]]>([
    ['DescribeClusters', {}, [arn('cluster/default')]],
    ['DescribeClusters', { clusters: [] }, [arn('cluster/default')]],
    ['DescribeClusters', { clusters: ['a', arn('cluster/b'), 'a'] }, [arn('cluster/a'), arn('cluster/b')]],
    ['CreateCluster', {}, [arn('cluster/default')]],
    ['ListContainerInstances', {}, [arn('cluster/default')]],
    ['DescribeCapacityProviders', {}, ['*']],
    ['DescribeCapacityProviders', { capacityProviders: ['FARGATE'] }, [arn('capacity-provider/FARGATE')]],
    ['RunTask', { taskDefinition: 'web' }, [arn('task-definition/web:*')]],
    ['RunTask', { taskDefinition: 'web:7' }, [arn('task-definition/web:7')]],
    ['RunTask', { taskDefinition: 'web:007' }, [arn('task-definition/web:7')]],
    ['RunTask', { taskDefinition: arn('task-definition/web:7') }, [arn('task-definition/web:7')]],
    ['RegisterTaskDefinition', { family: 'web' }, [arn('task-definition/web:*')]],
    [
      'DeleteTaskDefinitions',
      { taskDefinitions: ['web:7', '!', 'arn:x', 'web'] },
      [arn('task-definition/web:7'), arn('task-definition/web:*')],
    ],
    ['DeleteTaskDefinitions', { taskDefinitions: ['!'] }, ['*']],
    ['DeregisterTaskDefinition', { taskDefinition: 'web:7' }, ['*']],
    ['DescribeTasks', { tasks: [TASK] }, [arn(`task/default/${TASK}`)]],
    ['DescribeTasks', { tasks: [] }, [arn('task/default/*')]],
    ['StopTask', { cluster: arn('cluster/prod'), task: arn(`task/prod/${TASK}`) }, [arn(`task/prod/${TASK}`)]],
    ['ListTasks', { cluster: 'prod' }, ['*']],
    ['ListTasks', { containerInstance: INSTANCE }, [arn(`container-instance/default/${INSTANCE}`)]],
    ['ListServices', {}, ['*']],
    [
      'DescribeServices',
      { services: ['a', arn('service/default/b'), arn('service/c')] },
      [arn('service/default/a'), arn('service/default/b'), arn('service/default/c')],
    ],
    ['ListServiceDeployments', { service: arn('service/prod/site') }, [arn('service/prod/site')]],
    [
      'StopServiceDeployment',
      { serviceDeploymentArn: arn('service-deployment/c/s/1') },
      [arn('service/c/s'), arn('service-deployment/c/s/1')],
    ],
    ['DescribeTaskSets', { cluster: 'c', service: 's' }, [arn('task-set/c/s/*')]],
    ['UpdateTaskSet', { cluster: 'c', service: 's', taskSet: 'ecs-svc/1' }, [arn('task-set/c/s/ecs-svc/1')]],
    [
      'UpdateTaskSet',
      { cluster: 'c', service: 's', taskSet: arn('task-set/c/s/ecs-svc/1') },
      [arn('task-set/c/s/ecs-svc/1')],
    ],
    [
      'PutAttributes',
      { attributes: [{ targetId: 'a' }, { targetId: 'a' }, { targetId: 'b' }] },
      [arn('container-instance/default/a'), arn('container-instance/default/b')],
    ],
    ['DeregisterContainerInstance', { cluster: 'prod', containerInstance: INSTANCE }, [arn('cluster/prod')]],
  ])('%s %j', (operation, input, expected) => {
    expect(access(operation, input)[0]?.resources).toEqual(expected);
  });

  /** Otherwise a Deny of a resource would not see a request that writes its ARN in another way. */
  it.each<[string, object, string]>([
    ['DeleteCluster', { cluster: 'arn:aws-cn:ecs:us-east-1:111122223333:cluster/prod' }, arn('cluster/prod')],
    [
      'RunTask',
      { taskDefinition: 'arn:aws-cn:ecs:us-east-1:111122223333:task-definition/web:7' },
      arn('task-definition/web:7'),
    ],
    ['RunTask', { taskDefinition: 'other/web:7' }, arn('task-definition/web:7')],
    [
      'DeleteService',
      { service: 'arn:aws-cn:ecs:us-east-1:111122223333:service/default/site/more' },
      arn('service/default/site'),
    ],
    [
      'StopServiceDeployment',
      { serviceDeploymentArn: 'arn:aws-cn:ecs:us-east-1:111122223333:service-deployment/c/s/1' },
      arn('service/c/s'),
    ],
    ['TagResource', { resourceArn: 'arn:aws-cn:ecs:us-east-1:111122223333:task/prod/1' }, arn('task/prod/1')],
    ['TagResource', { resourceArn: arn('task-definition/x/web:07') }, arn('task-definition/web:7')],
    [
      'DeleteCapacityProvider',
      { capacityProvider: 'arn:aws-cn:ecs:us-east-1:111122223333:capacity-provider/own' },
      arn('capacity-provider/own'),
    ],
  ])('is written in one way: %s %j', (operation, input, expected) => {
    expect(access(operation, input)[0]?.resources[0]).toBe(expected);
  });

  it.each<[string, object, string]>([
    [
      'DeleteCluster',
      { cluster: 'arn:aws:ecs:us-east-1:444455556666:cluster/prod' },
      'Identifier is for 444455556666. Your accountId is 111122223333',
    ],
    ['StopTask', { task: arn('service/default/a') }, 'Unsupported resource type: service'],
    [
      'StopTask',
      { cluster: 'b', task: arn('task/a/1') },
      'Invalid identifier: Identifier is for cluster a. Your cluster is b',
    ],
    ['TagResource', { resourceArn: 'x' }, 'The ARN provided is invalid.'],
  ])('is refused as by the operation: %s %j', (operation, input, message) => {
    expect(() => access(operation, input)).toThrow(message);
  });
});

describe('the condition keys', () => {
  it.each<[string, object, object]>([
    [
      'RunTask',
      { taskDefinition: 'web:7' },
      {
        'ecs:cluster': arn('cluster/default'),
        'ecs:enable-ebs-volumes': 'false',
        'ecs:enable-execute-command': 'false',
      },
    ],
    [
      'RunTask',
      SAMPLES['RunTask']!,
      {
        'aws:TagKeys': ['team', 'stage'],
        'aws:RequestTag/team': 'web',
        'aws:RequestTag/stage': 'test',
        'ecs:cluster': arn('cluster/prod'),
        'ecs:enable-ebs-volumes': 'true',
        'ecs:enable-execute-command': 'true',
        'ecs:capacity-provider': [arn('capacity-provider/FARGATE'), arn('capacity-provider/own')],
        'ecs:task-cpu': '512',
        'ecs:task-memory': '1024',
      },
    ],
    [
      'RegisterTaskDefinition',
      { family: 'web', cpu: '.5 vCPU', memory: 'much', containerDefinitions: [{ privileged: false }] },
      { 'ecs:task-cpu': '512', 'ecs:compute-compatibility': [], 'ecs:privileged': 'false' },
    ],
    [
      'CreateService',
      { serviceName: 'site', networkConfiguration: { awsvpcConfiguration: { subnets: ['a'] } } },
      {
        'ecs:cluster': arn('cluster/default'),
        'ecs:enable-ebs-volumes': 'false',
        'ecs:enable-ecs-managed-tags': 'false',
        'ecs:enable-execute-command': 'false',
        'ecs:propagate-tags': 'NONE',
        'ecs:auto-assign-public-ip': 'false',
        'ecs:subnet': ['a'],
      },
    ],
    ['UpdateService', { service: 'site', desiredCount: 2 }, { 'ecs:cluster': arn('cluster/default') }],
    [
      'DescribeServiceRevisions',
      { serviceRevisionArns: [arn('service-revision/c/s/1')] },
      { 'ecs:cluster': arn('cluster/c'), 'ecs:service': arn('service/c/s') },
    ],
    ['UntagResource', SAMPLES['UntagResource']!, { 'aws:TagKeys': ['team'] }],
    ['ListTasks', {}, { 'ecs:cluster': arn('cluster/default') }],
    ['ListClusters', {}, {}],
  ])('of %s %j', (operation, input, expected) => {
    expect(access(operation, input)[0]?.context).toEqual(expected);
  });

  it('differ for service deployments of different services', () => {
    const serviceDeploymentArns = [arn('service-deployment/c/a/1'), arn('service-deployment/c/b/1')];
    const services = access('DescribeServiceDeployments', { serviceDeploymentArns }).map(
      (each) => each.context['ecs:service'],
    );
    expect(services).toEqual([arn('service/c/a'), arn('service/c/b')]);
  });
});

describe('further actions', () => {
  it.each<[string, readonly string[]]>([
    ['CreateCluster', [`ecs:TagResource ${arn('cluster/prod')}`]],
    [
      'RegisterTaskDefinition',
      [
        `ecs:TagResource ${arn('task-definition/web:*')}`,
        `iam:PassRole ${ROLE}`,
        'iam:PassRole arn:aws:iam::111122223333:role/execution',
      ],
    ],
    ['RunTask', [`ecs:TagResource ${arn('task/prod/*')}`, `iam:PassRole ${ROLE}`, `iam:PassRole ${ROLE}-volumes`]],
    ['StartTask', [`ecs:TagResource ${arn('task/prod/*')}`, `iam:PassRole ${ROLE}-volumes`]],
    [
      'CreateService',
      [
        `ecs:TagResource ${arn('service/prod/site')}`,
        ...['volumes', 'lattice', 'tls', 'balancer', 'hook'].map((role) => `iam:PassRole ${ROLE}-${role}`),
        'iam:PassRole arn:aws:iam::111122223333:role/balancer',
      ],
    ],
    ['UpdateService', ['volumes', 'lattice', 'tls', 'balancer', 'hook'].map((role) => `iam:PassRole ${ROLE}-${role}`)],
    ['CreateTaskSet', [`ecs:TagResource ${arn('task-set/prod/site/*')}`]],
    [
      'CreateCapacityProvider',
      [`ecs:TagResource ${arn('capacity-provider/own')}`, `iam:PassRole ${ROLE}-infrastructure`],
    ],
    ['RegisterContainerInstance', [`ecs:TagResource ${arn('container-instance/prod/*')}`]],
    ['DescribeTasks', []],
  ])('of %s', (operation, expected) => {
    expect(actionsOf(access(operation, SAMPLES[operation]!).slice(1))).toEqual(expected);
  });

  it('tagging on create has the request tags and the creating action', () => {
    expect(access('CreateCluster', { tags: [{ key: 'team' }] })[1]?.context).toEqual({
      'ecs:CreateAction': 'CreateCluster',
      'aws:TagKeys': ['team'],
      'aws:RequestTag/team': '',
    });
  });

  it.each<[string, object, string]>([
    ['RunTask', { taskDefinition: 'web', overrides: { executionRoleArn: ROLE } }, 'ecs-tasks.amazonaws.com'],
    ['RegisterTaskDefinition', { family: 'web', taskRoleArn: ROLE }, 'ecs-tasks.amazonaws.com'],
    ['CreateService', { serviceName: 'site', role: ROLE }, 'ecs.amazonaws.com'],
  ])('%s %j passes the role to %s', (operation, input, service) => {
    expect(access(operation, input).at(-1)).toEqual({
      action: 'iam:PassRole',
      resources: [ROLE],
      context: { 'iam:PassedToService': service },
      tagged: false,
    });
  });

  it('none without tags and roles', () => {
    expect(access('CreateService', { serviceName: 'site', tags: [] })).toHaveLength(1);
    expect(access('RunTask', { taskDefinition: 'web', overrides: { taskRoleArn: '' } })).toHaveLength(1);
  });
});

describe('withDefinition', () => {
  const definition = { family: 'web', revision: 9, taskRoleArn: `${ROLE}-own`, executionRoleArn: `${ROLE}-run` };
  const resolve = (operation: string, input: object, overrides?: object): readonly Access[] =>
    withDefinition(access(operation, input), definition, overrides, scope);

  it('names the revision that will run', () => {
    expect(resolve('RunTask', { taskDefinition: 'web' })[0]).toMatchObject({
      resources: [arn('task-definition/web:9')],
      runs: { family: 'web', revision: 9 },
    });
    const [service] = resolve('CreateService', { serviceName: 'site', taskDefinition: 'web' });
    expect(service?.resources).toEqual([arn('service/default/site')]);
    expect(service?.context['ecs:task-definition']).toBe(arn('task-definition/web:9'));
  });

  it("passes the definition's roles that the call does not override", () => {
    const passed = (overrides?: object): readonly string[] =>
      actionsOf(resolve('RunTask', { taskDefinition: 'web', overrides }, overrides)).slice(1);
    expect(passed()).toEqual([`iam:PassRole ${ROLE}-own`, `iam:PassRole ${ROLE}-run`]);
    expect(passed({ taskRoleArn: ROLE })).toEqual([`iam:PassRole ${ROLE}`, `iam:PassRole ${ROLE}-run`]);
  });

  it('changes nothing for a call that runs no task definition', () => {
    const before = access('UpdateService', { service: 'site', desiredCount: 1 });
    expect(withDefinition(before, definition, undefined, scope)).toEqual(before);
  });
});

it('the tags of a resource give a key of each kind', () => {
  expect(resourceTagKeys('ecs', [{ key: 'team', value: 'web' }, { key: 'stage' }])).toEqual({
    'aws:ResourceTag/team': 'web',
    'ecs:ResourceTag/team': 'web',
    'aws:ResourceTag/stage': '',
    'ecs:ResourceTag/stage': '',
  });
});

it('an operation that is not built is a fault', () => {
  expect(() => access('ExecuteCommand', {})).toThrow('It is not said what ExecuteCommand needs to be allowed.');
  expect(() => access('constructor', {})).toThrow('It is not said');
});
