/** How long one decision about a large service takes. */
import { planService } from '../scheduler/reconcile/plan-service.ts';
import type { ServiceSnapshot, ServiceTask } from '../scheduler/service/types.ts';
import { startDeployment } from '../scheduler/rollout/deployments.ts';

const NOW = 1_800_000_000_000;
const TASKS = 5_000;
const INSTANCES = 1_000;
const ROUNDS = 21;
/** A worker plans for months, so rounds before the compiler has optimised the code do not count. */
const WARM_UP_ROUNDS = 20;

const taskOf = (deploymentId: string, i: number): ServiceTask => ({
  taskId: `${i.toString(16).padStart(8, '0')}${deploymentId.slice(-4)}`.padStart(32, '0'),
  deploymentId,
  containerInstanceId: `instance-${i % INSTANCES}`,
  availabilityZone: `zone-${i % 3}`,
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  healthStatus: 'UNKNOWN',
  hasHealthCheck: false,
  createdAt: NOW - 600_000,
  startedAt: NOW - 600_000,
  version: 2,
});

/**
 * The costliest case: the middle of a rolling update, in which half of the tasks are old and must stop in the right
 * order.
 */
function middleOfRollout(): ServiceSnapshot {
  const spec = (n: number) => ({ deploymentId: `ecs-svc/000000000000000000${n}`, taskDefinitionArn: `web:${n}` });
  const deployments = startDeployment(startDeployment([], spec(1), NOW - 700_000), spec(2), NOW - 650_000);
  const [fresh, old] = [spec(2).deploymentId, spec(1).deploymentId];
  return {
    definition: {
      serviceName: 'web',
      clusterName: 'default',
      schedulingStrategy: 'REPLICA',
      desiredCount: TASKS,
      minimumHealthyPercent: 50,
      maximumPercent: 200,
      placementConstraints: [],
      placementStrategy: [],
      healthCheckGracePeriodSeconds: 0,
      availabilityZoneRebalancing: 'DISABLED',
      enableECSManagedTags: false,
      enableExecuteCommand: false,
      propagateTags: 'NONE',
      loadBalancers: [],
      serviceRegistries: [],
      tags: [],
    },
    status: 'ACTIVE',
    deployments,
    tasks: Array.from({ length: TASKS }, (_, i) => taskOf(i % 2 === 0 ? fresh : old, i)),
    drainingInstanceIds: ['instance-7'],
    throttle: { consecutiveStartFailures: 0 },
    notedAt: {},
  };
}

/** The median time of planService for a service of 5,000 tasks in the middle of a rolling update. */
export function benchReconcile(): { milliseconds: number; tasks: number } {
  const snapshot = middleOfRollout();
  for (let i = 0; i < WARM_UP_ROUNDS; i++) planService(snapshot, NOW);
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    planService(snapshot, NOW);
    return performance.now() - start;
  }).sort((a, b) => a - b);
  return { milliseconds: times[Math.floor(ROUNDS / 2)] ?? 0, tasks: TASKS };
}
