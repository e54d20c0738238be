/** Which statuses of a service deployment may follow one another. */
import { describe, expect, it } from 'vitest';
import { SERVICE_DEPLOYMENT_STATUSES, type ServiceDeploymentStatus } from '../../../../model/service-deployment.ts';
import { hasEnded, mayFollow } from '../../../../scheduler/rollout/deployment-status.ts';

/** ECS's table of statuses, row by row: each status and all that may follow it. */
const TABLE: Readonly<Record<ServiceDeploymentStatus, string>> = {
  PENDING: 'IN_PROGRESS ROLLBACK_REQUESTED STOP_REQUESTED STOPPED',
  IN_PROGRESS: 'SUCCESSFUL STOP_REQUESTED ROLLBACK_REQUESTED ROLLBACK_IN_PROGRESS STOPPED',
  STOP_REQUESTED: 'STOPPED',
  ROLLBACK_REQUESTED: 'SUCCESSFUL ROLLBACK_IN_PROGRESS STOPPED',
  ROLLBACK_IN_PROGRESS: 'ROLLBACK_SUCCESSFUL ROLLBACK_FAILED',
  SUCCESSFUL: '',
  STOPPED: '',
  ROLLBACK_SUCCESSFUL: '',
  ROLLBACK_FAILED: '',
};

const pairs = SERVICE_DEPLOYMENT_STATUSES.flatMap((from) =>
  SERVICE_DEPLOYMENT_STATUSES.map((to) => ({ from, to, allowed: TABLE[from].split(' ').includes(to) })),
);

describe('the statuses of a service deployment', () => {
  it.each(pairs)('$from → $to: $allowed', ({ from, to, allowed }) => {
    expect(mayFollow(from, to)).toBe(allowed);
  });

  it.each(SERVICE_DEPLOYMENT_STATUSES)('%s has ended when nothing follows', (status) => {
    expect(hasEnded(status)).toBe(TABLE[status] === '');
  });
});
