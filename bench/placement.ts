/** How fast the pure placement core is: 10,000 tasks on 5,000 instances in three zones. */
import { availableParallelism } from 'node:os';
import type { AttributeColumn, CapacitySnapshot } from '../model/capacity.ts';
import { placeTasks } from '../scheduler/placement/place-tasks.ts';
import type { PlacementRequest } from '../scheduler/placement/types.ts';

const INSTANCES = 5_000;
const TASKS = 10_000;
const RUNS = 5;

const column = (values: readonly string[]): AttributeColumn => ({
  values,
  index: Array.from({ length: INSTANCES }, (_, i) => i % values.length),
});

/** Instances of a few sizes, partly full, in three zones. */
function createSnapshot(): CapacitySnapshot {
  const each = <T>(valueOf: (i: number) => T): readonly T[] => Array.from({ length: INSTANCES }, (_, i) => valueOf(i));
  return {
    takenAt: 0,
    totalInstances: INSTANCES,
    ids: each((i) => ((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(32, '0')),
    agentConnected: each(() => true),
    cpu: each((i) => 1024 * (1 + (i % 4))),
    memoryMiB: each((i) => 2048 * (1 + (i % 4)) - (i % 7) * 128),
    usedPorts: {},
    gpuIds: {},
    attributes: {
      'ecs.availability-zone': column(['zone-a', 'zone-b', 'zone-c']),
      'ecs.instance-type': column(['m5.large', 'm5.xlarge']),
    },
    agentVersion: column(['1.80.0']),
    registeredAt: each(() => 0),
    runningTasksCount: each((i) => i % 5),
    groupTasks: { 'service:web': each((i) => (i % 11 === 0 ? 1 : 0)) },
    elsewhere: [],
  };
}

const request: PlacementRequest = {
  count: TASKS,
  resources: { cpu: 256, memoryMiB: 512, ports: [], gpus: 0 },
  requiredAttributes: [{ name: 'ecs.instance-type' }],
  constraints: [{ type: 'memberOf', expression: 'attribute:ecs.instance-type =~ m5.*' }],
  strategies: [
    { type: 'spread', field: 'attribute:ecs.availability-zone' },
    { type: 'binpack', field: 'memory' },
  ],
  group: 'service:web',
  launchType: 'EC2',
};

/** The median of five runs, each from a snapshot to all tasks placed. */
export function benchPlacement(): {
  readonly placementsPerSecond: number;
  readonly tasks: number;
  readonly instances: number;
  readonly cores: number;
} {
  const snapshot = createSnapshot();
  const seconds = Array.from({ length: RUNS }, (_, run) => {
    const start = performance.now();
    const { placed } = placeTasks(request, snapshot, run);
    if (placed.length !== TASKS) throw new Error(`placed ${placed.length} of ${TASKS} tasks`);
    return (performance.now() - start) / 1000;
  }).sort((a, b) => a - b);
  const median = seconds[RUNS >> 1] ?? 0;
  return {
    placementsPerSecond: Math.round(TASKS / median),
    tasks: TASKS,
    instances: INSTANCES,
    cores: availableParallelism(),
  };
}
