/** The presentation of events. */
import { describe, expect, it } from 'vitest';
import { presentEvent } from '../../../../model/wire/event.ts';
import type { StoredEvent } from '../../../../model/event.ts';
import { aTask } from '../../../../fixtures/records.ts';
import { TEST_PARTITION } from '../../../support/store.ts';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const ARN = 'arn:aws:ecs:us-east-1:123456789012';
const common = { position: 7, id: '0f5e6c1a-0000-4000-8000-000000000001', at: AT, clusterName: 'c1' };
const present = (event: StoredEvent) => presentEvent(event, TEST_PARTITION);

describe('a task state change', () => {
  const attachment = { id: 'a1', type: 'ElasticNetworkInterface', status: 'ATTACHED', details: [] };
  const task = aTask({ taskId: 't1', clusterName: 'c1', attachments: [attachment], version: 4, createdAt: AT - 1_000 });

  it('is the task as DescribeTasks shows it, in an envelope', () => {
    const { detail, ...envelope } = present({ ...common, kind: 'task', task, cpuArchitecture: 'arm64' });
    expect(envelope).toEqual({
      version: '0',
      id: common.id,
      'detail-type': 'ECS Task State Change',
      source: 'aws.ecs',
      account: '123456789012',
      time: '2026-01-02T03:04:05Z',
      region: 'us-east-1',
      resources: [`${ARN}:task/c1/t1`],
    });
    expect(detail).toMatchObject({
      taskArn: `${ARN}:task/c1/t1`,
      clusterArn: `${ARN}:cluster/c1`,
      attachments: [{ type: 'eni' }],
      attributes: [{ name: 'ecs.cpu-architecture', value: 'arm64' }],
      containers: [{ name: 'web', cpu: '0', taskArn: `${ARN}:task/c1/t1` }],
      createdAt: '2026-01-02T03:04:04.678Z',
      updatedAt: '2026-01-02T03:04:05.678Z',
      version: 4,
    });
    expect(detail).not.toHaveProperty('tags');
  });
});

describe('an event of a service', () => {
  const action = { eventName: 'SERVICE_TASK_PLACEMENT_FAILURE', createdAt: AT, reason: 'RESOURCE:CPU' } as const;

  it.each([
    [
      { ...action, containerInstanceIds: ['i1'] },
      {
        eventType: 'ERROR',
        eventName: 'SERVICE_TASK_PLACEMENT_FAILURE',
        clusterArn: `${ARN}:cluster/c1`,
        containerInstanceArns: [`${ARN}:container-instance/c1/i1`],
        reason: 'RESOURCE:CPU',
        createdAt: '2026-01-02T03:04:05.678Z',
      },
    ],
    [
      { eventName: 'CAPACITY_PROVIDER_STEADY_STATE', createdAt: AT, capacityProviders: ['cp'] } as const,
      {
        eventType: 'INFO',
        eventName: 'CAPACITY_PROVIDER_STEADY_STATE',
        clusterArn: `${ARN}:cluster/c1`,
        capacityProviderArns: [`${ARN}:capacity-provider/cp`],
        createdAt: '2026-01-02T03:04:05.678Z',
      },
    ],
  ])('is a service action: %o', (told, detail) => {
    const event = present({ ...common, kind: 'service-action', serviceName: 'web', action: told });
    expect(event).toMatchObject({ 'detail-type': 'ECS Service Action', resources: [`${ARN}:service/c1/web`] });
    expect(event.detail).toEqual(detail);
  });

  it('is a deployment state change if a deployment changed', () => {
    const told = {
      eventName: 'SERVICE_DEPLOYMENT_FAILED',
      deploymentId: 'ecs-svc/1',
      reason: 'no',
      createdAt: AT,
    } as const;
    const event = present({ ...common, kind: 'deployment', serviceName: 'web', action: told });
    expect(event).toMatchObject({ 'detail-type': 'ECS Deployment State Change', resources: [`${ARN}:service/c1/web`] });
    expect(event.detail).toEqual({
      eventType: 'ERROR',
      eventName: 'SERVICE_DEPLOYMENT_FAILED',
      clusterArn: `${ARN}:cluster/c1`,
      deploymentId: 'ecs-svc/1',
      reason: 'no',
      updatedAt: '2026-01-02T03:04:05.678Z',
    });
  });
});
