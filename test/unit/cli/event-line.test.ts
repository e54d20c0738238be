/** The lines that `longshore events` prints. */
import { expect, test } from 'vitest';
import { eventLine } from '../../../cli/events/event-line.ts';
import type { EventEnvelope } from '../../../model/event.ts';

const line = (type: EventEnvelope['detail-type'], resource: string, detail: EventEnvelope['detail']) =>
  eventLine({
    version: '0',
    id: 'e',
    'detail-type': type,
    source: 'aws.ecs',
    account: '123456789012',
    time: '2026-11-21T12:00:00Z',
    region: 'us-east-1',
    resources: [`arn:aws:ecs:us-east-1:123456789012:${resource}`],
    detail,
  });

const stopped = {
  lastStatus: 'STOPPED',
  desiredStatus: 'STOPPED',
  stoppedReason: 'Essential container in task exited',
};
test.each<[EventEnvelope['detail-type'], string, EventEnvelope['detail'], string]>([
  ['ECS Task State Change', 'task/default/a', { lastStatus: 'PENDING', desiredStatus: 'RUNNING' }, 'PENDING → RUNNING'],
  ['ECS Task State Change', 'task/default/a', stopped, 'STOPPED: Essential container in task exited'],
  [
    'ECS Container Instance State Change',
    'container-instance/default/b',
    { status: 'ACTIVE', agentConnected: true },
    'ACTIVE, agent connected',
  ],
  [
    'ECS Container Instance State Change',
    'container-instance/default/b',
    { status: 'DRAINING', agentConnected: false },
    'DRAINING, agent disconnected',
  ],
  ['ECS Service Action', 'service/default/web', { eventName: 'SERVICE_STEADY_STATE' }, 'SERVICE_STEADY_STATE'],
  [
    'ECS Deployment State Change',
    'service/default/web',
    { eventName: 'SERVICE_DEPLOYMENT_FAILED', reason: 'tasks failed to start.' },
    'SERVICE_DEPLOYMENT_FAILED: tasks failed to start.',
  ],
])('%s of %s', (type, resource, detail, said) => {
  expect(line(type, resource, detail)).toBe(`2026-11-21T12:00:00Z  ${resource}  ${said}`);
});
