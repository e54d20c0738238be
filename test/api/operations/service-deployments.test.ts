/** Operations on service deployments and service revisions. */
import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  type ListServiceDeploymentsCommandInput,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { ServiceDeployment, ServiceRevision } from '../../../model/service-deployment.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import { aServiceDeployment } from '../../support/service-builders.ts';
import { ensureCluster, expectRefusal, withApi } from '../support/api-under-test.ts';
import { definitionOf, deploymentRow, serviceRow } from '../support/rows.ts';

const api = withApi();
const AT = 1_700_000_000_000;
const arn = (type: string, service: string, id: string) =>
  `arn:aws:ecs:us-east-1:123456789012:${type}/default/${service}/${id}`;
const deploymentArn = (service: string, id: string) => arn('service-deployment', service, id);

const revision = (revisionId: string): ServiceRevision => ({
  revisionId,
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
  launchType: 'EC2',
  loadBalancers: [],
  serviceRegistries: [],
  containerImages: [{ containerName: 'app', image: 'web:1', imageDigest: 'sha256:a' }],
  createdAt: AT,
});

async function put(
  serviceName: string,
  serviceDeployments: readonly ServiceDeployment[],
  members: Partial<ServiceRecord> = {},
): Promise<void> {
  const service = serviceRow({
    definition: definitionOf({ serviceName, desiredCount: 4 }),
    serviceDeployments: serviceDeployments.slice(0, 1),
    ...members,
  });
  const rollout = { serviceDeployments, serviceRevisions: [revision('1'), revision('2')] };
  await api().store.recordOwner({ clusterName: 'default', tasks: [], service, events: [], rollout });
}

const current = (changes: Partial<ServiceDeployment> = {}): ServiceDeployment =>
  aServiceDeployment({ targetRevisionId: '2', sourceRevisionIds: ['1'], createdAt: AT, startedAt: AT, ...changes });

const describeOne = async (serviceDeploymentArn: string) => {
  const answer = await api().ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
  );
  return answer.serviceDeployments?.[0];
};

describe('DescribeServiceDeployments', () => {
  it('shows the progress of a deployment under way from the present service', async () => {
    const hook = {
      hookId: 'pre-scale-up-1',
      stage: 'PRE_SCALE_UP',
      status: 'AWAITING_ACTION',
      expiresAt: AT + 60_000,
      timeoutAction: 'ROLLBACK',
    } as const;
    const id = 'a'.repeat(21);
    await put('live', [current({ serviceDeploymentId: id, lifecycleStage: 'PRE_SCALE_UP', hooks: [hook] })], {
      breaker: { status: 'MONITORING', failureCount: 1, threshold: 3 },
      deployments: [
        deploymentRow({ serviceRevisionId: '2', desiredCount: 4, pendingCount: 3, runningCount: 1 }),
        deploymentRow({ deploymentId: 'ecs-svc/9', status: 'ACTIVE', serviceRevisionId: '1', runningCount: 4 }),
      ],
    });
    expect(await describeOne(deploymentArn('live', id))).toMatchObject({
      serviceDeploymentArn: deploymentArn('live', id),
      serviceArn: 'arn:aws:ecs:us-east-1:123456789012:service/default/live',
      clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/default',
      status: 'IN_PROGRESS',
      createdAt: new Date(AT),
      startedAt: new Date(AT),
      targetServiceRevision: {
        arn: arn('service-revision', 'live', '2'),
        requestedTaskCount: 4,
        runningTaskCount: 1,
        pendingTaskCount: 3,
      },
      sourceServiceRevisions: [{ arn: arn('service-revision', 'live', '1'), runningTaskCount: 4 }],
      lifecycleStage: 'PRE_SCALE_UP',
      lifecycleHookDetails: [
        { hookId: 'pre-scale-up-1', targetType: 'PAUSE', status: 'AWAITING_ACTION', expiresAt: new Date(AT + 60_000) },
      ],
      deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 1, threshold: 3 },
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200, strategy: 'ROLLING' },
    });
    const services = await api().ecs.send(new DescribeServicesCommand({ services: ['live'] }));
    expect(services.services?.[0]).toMatchObject({
      currentServiceDeployment: deploymentArn('live', id),
      currentServiceRevisions: [
        { arn: arn('service-revision', 'live', '2'), requestedTaskCount: 4, runningTaskCount: 1, pendingTaskCount: 3 },
        { arn: arn('service-revision', 'live', '1'), runningTaskCount: 4 },
      ],
    });
  });

  it('shows an ended deployment as it ended', async () => {
    const counts = { requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 };
    const ended = current({
      serviceDeploymentId: 'ended',
      status: 'ROLLBACK_SUCCESSFUL',
      finishedAt: AT + 5,
      rollback: { reason: 'why', startedAt: AT + 1, revisionId: '1', deploymentId: 'ecs-svc/9' },
      end: {
        target: { revisionId: '2', ...counts },
        sources: [],
        breaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
        settings: { minimumHealthyPercent: 50, maximumPercent: 150, bakeTimeInMinutes: 7 },
      },
    });
    await put('ended', [ended]);
    expect(await describeOne(deploymentArn('ended', 'ended'))).toMatchObject({
      finishedAt: new Date(AT + 5),
      rollback: { reason: 'why', serviceRevisionArn: arn('service-revision', 'ended', '1') },
      targetServiceRevision: counts,
      deploymentCircuitBreaker: { status: 'TRIGGERED' },
      deploymentConfiguration: { minimumHealthyPercent: 50, bakeTimeInMinutes: 7 },
    });
  });

  it('reports unknown deployments as MISSING', async () => {
    const unknown = deploymentArn('nobody', 'x');
    const answer = await api().ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [unknown, unknown] }),
    );
    expect(answer).toMatchObject({ serviceDeployments: [], failures: [{ arn: unknown, reason: 'MISSING' }] });
  });

  it.each([
    [[], 'ServiceDeploymentArns cannot be empty.'],
    [Array.from({ length: 21 }, (_, i) => deploymentArn('live', `${i}`)), /cannot have more than 20/],
    [['live'], /expected the ARN of a service-deployment/],
    [[arn('service-revision', 'live', '1')], /expected the ARN of a service-deployment/],
  ])('refuses %j', async (serviceDeploymentArns, message) => {
    const call = api().ecs.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
    await expectRefusal(call, 'InvalidParameterException', message);
  });
});

describe('DescribeServiceRevisions', () => {
  it('shows what was deployed, including digests; unknown revisions are MISSING', async () => {
    await put('revised', []);
    const found = arn('service-revision', 'revised', '1');
    const unknown = arn('service-revision', 'revised', '7');
    const answer = await api().ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns: [unknown, found] }));
    expect(answer).toMatchObject({
      serviceRevisions: [
        {
          serviceRevisionArn: found,
          launchType: 'EC2',
          taskDefinition: expect.stringMatching(/web:1$/) as string,
          containerImages: [{ containerName: 'app', image: 'web:1', imageDigest: 'sha256:a' }],
        },
      ],
      failures: [{ arn: unknown, reason: 'MISSING' }],
    });
  });
});

describe('a revision with FARGATE’s capacity providers', () => {
  it('shows its platform', async () => {
    const { launchType: _launchType, ...rest } = revision('3');
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1, base: 0 }];
    const service = serviceRow({ definition: definitionOf({ serviceName: 'spot' }) });
    const rollout = { serviceDeployments: [], serviceRevisions: [{ ...rest, capacityProviderStrategy }] };
    await api().store.recordOwner({ clusterName: 'default', tasks: [], service, events: [], rollout });
    const serviceRevisionArns = [arn('service-revision', 'spot', '3')];
    const { serviceRevisions } = await api().ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
    expect(serviceRevisions?.[0]).toMatchObject({ platformVersion: '1.4.0', platformFamily: 'Linux' });
  });
});

describe('ListServiceDeployments', () => {
  const list = (input: Partial<ListServiceDeploymentsCommandInput> = {}) =>
    api().ecs.send(new ListServiceDeploymentsCommand({ service: 'listed', ...input }));

  it('lists newest first, twenty per page, filtered by status and time', async () => {
    const all = Array.from({ length: 22 }, (_, i) =>
      current({
        serviceDeploymentId: `l${i}`,
        createdAt: AT + i * 1000,
        status: i % 2 === 0 ? 'SUCCESSFUL' : 'STOPPED',
      }),
    );
    await put('listed', all);
    const first = await list();
    expect(first.serviceDeployments).toHaveLength(20);
    expect(first.serviceDeployments?.[0]).toMatchObject({
      serviceDeploymentArn: deploymentArn('listed', 'l21'),
      status: 'STOPPED',
      targetServiceRevisionArn: arn('service-revision', 'listed', '2'),
    });
    const second = await list({ nextToken: first.nextToken });
    expect(second.serviceDeployments?.map((d) => d.serviceDeploymentArn)).toEqual(
      ['l1', 'l0'].map((id) => deploymentArn('listed', id)),
    );
    expect((await list({ status: ['SUCCESSFUL'] })).serviceDeployments).toHaveLength(11);
    const window = { after: new Date(AT + 2000), before: new Date(AT + 5000) };
    expect((await list({ createdAt: window })).serviceDeployments).toHaveLength(2);
  });

  it('finds the cluster in the ARN of the service', async () => {
    const service = serviceRow({ definition: definitionOf({ serviceName: 'afar', clusterName: 'far' }) });
    const rollout = { serviceDeployments: [current({ serviceDeploymentId: 'f1' })], serviceRevisions: [] };
    await ensureCluster(api().store, 'far');
    await api().store.recordOwner({ clusterName: 'far', tasks: [], service, events: [], rollout });
    const named = 'arn:aws:ecs:us-east-1:123456789012:service/far/afar';
    expect((await list({ service: named })).serviceDeployments).toHaveLength(1);
    const elsewhere = list({ service: named, cluster: 'default' });
    await expectRefusal(elsewhere, 'InvalidParameterException', /Identifier is for cluster far/);
  });

  it('refuses an unknown service', async () => {
    await expectRefusal(list({ service: 'nobody' }), 'ServiceNotFoundException', 'Service not found.');
  });
});

describe('StopServiceDeployment and ContinueServiceDeployment', () => {
  const stop = (serviceDeploymentArn: string, stopType?: 'ABORT' | 'ROLLBACK') =>
    api().ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType }));
  const goOn = (serviceDeploymentArn: string, hookId = 'h', action?: 'CONTINUE' | 'ROLLBACK') =>
    api().ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId, action }));

  it('reach the service, with ECS’s defaults', async () => {
    await put('ordered', [current({ serviceDeploymentId: 'o' })]);
    const named = deploymentArn('ordered', 'o');
    expect((await stop(named)).serviceDeploymentArn).toBe(named);
    const order = { incarnation: 'first', serviceDeploymentId: 'o' };
    expect(api().gateway.last('stopServiceDeployment')).toMatchObject({ ...order, stopType: 'ROLLBACK' });
    await stop(named, 'ABORT');
    expect(api().gateway.last('stopServiceDeployment')).toMatchObject({ stopType: 'ABORT' });
    expect((await goOn(named)).serviceDeploymentArn).toBe(named);
    expect(api().gateway.last('continueServiceDeployment')).toMatchObject({
      ...order,
      hookId: 'h',
      action: 'CONTINUE',
    });
    await goOn(named, 'h', 'ROLLBACK');
    expect(api().gateway.last('continueServiceDeployment')).toMatchObject({ action: 'ROLLBACK' });
  });

  it('refuse an unknown deployment, and one that has ended', async () => {
    const unknown = deploymentArn('ordered', 'nobody');
    await expectRefusal(stop(unknown), 'ServiceDeploymentNotFoundException', /was not found/);
    await expectRefusal(goOn(unknown), 'ServiceDeploymentNotFoundException', /was not found/);
    await put('past', [current({ serviceDeploymentId: 'p', status: 'SUCCESSFUL', finishedAt: AT })]);
    const past = deploymentArn('past', 'p');
    await expectRefusal(stop(past), 'ConflictException', 'The service deployment has ended. Its status is SUCCESSFUL.');
    await expectRefusal(goOn(past), 'ConflictException', /SUCCESSFUL/);
    await expectRefusal(
      goOn(deploymentArn('ordered', 'o'), ''),
      'InvalidParameterException',
      'hookId can not be blank.',
    );
  });
});
