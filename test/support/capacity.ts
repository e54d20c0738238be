/** Builders of placement's inputs: a test says only what matters to it. */
import type { AttributeColumn, CapacitySnapshot } from '../../model/capacity.ts';
import type { InstanceStatus } from '../../model/status.ts';
import type { HeldResources } from '../../model/task.ts';
import type { PlacementRequest } from '../../scheduler/placement/types.ts';

/** One instance of a snapshot, in rows; `aSnapshot` turns them into columns. */
export interface InstanceRow {
  readonly id: string;
  readonly agentConnected: boolean;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Held or reserved; undefined = none held, and the default ones reserved. */
  readonly usedPorts: readonly string[] | undefined;
  /** Free ones. */
  readonly gpus: number;
  readonly heldGpus: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly agentVersion: string;
  readonly registeredAt: number;
  readonly runningTasksCount: number;
  readonly groups: Readonly<Record<string, number>>;
  readonly status: InstanceStatus;
}

export const ZONE = 'ecs.availability-zone';

export const anInstance = (id: string, row: Partial<InstanceRow> = {}): InstanceRow => ({
  id,
  agentConnected: true,
  cpu: 4096,
  memoryMiB: 8192,
  usedPorts: undefined,
  gpus: 0,
  heldGpus: 0,
  attributes: {},
  agentVersion: '1.80.0',
  registeredAt: Date.UTC(2018, 5, 18, 22, 28, 28),
  runningTasksCount: 0,
  groups: {},
  status: 'ACTIVE',
  ...row,
});

function column(values: readonly (string | undefined)[]): AttributeColumn {
  const distinct = [...new Set(values)].filter((value) => value !== undefined);
  return { values: distinct, index: values.map((value) => (value === undefined ? -1 : distinct.indexOf(value))) };
}

/** The columns of these instances, in their order. */
export function aSnapshot(rows: readonly InstanceRow[], more: Partial<CapacitySnapshot> = {}): CapacitySnapshot {
  const names = new Set(rows.flatMap(({ attributes }) => Object.keys(attributes)));
  const groups = new Set(rows.flatMap((row) => Object.keys(row.groups)));
  const perColumn = <T>(list: (row: InstanceRow) => T | undefined): Record<number, T> =>
    Object.fromEntries(
      rows.flatMap((row, i) => {
        const items = list(row);
        return items === undefined ? [] : [[i, items] as const];
      }),
    );
  return {
    takenAt: 0,
    totalInstances: rows.length,
    ids: rows.map(({ id }) => id),
    agentConnected: rows.map(({ agentConnected }) => agentConnected),
    cpu: rows.map(({ cpu }) => cpu),
    memoryMiB: rows.map(({ memoryMiB }) => memoryMiB),
    usedPorts: perColumn(({ usedPorts }) => usedPorts),
    gpuIds: perColumn(({ gpus }) => (gpus > 0 ? Array.from({ length: gpus }, (_, g) => `GPU-${g}`) : undefined)),
    heldGpus: perColumn(({ heldGpus }) => (heldGpus > 0 ? heldGpus : undefined)),
    attributes: Object.fromEntries([...names].map((name) => [name, column(rows.map((row) => row.attributes[name]))])),
    agentVersion: column(rows.map(({ agentVersion }) => agentVersion)),
    registeredAt: rows.map(({ registeredAt }) => registeredAt),
    runningTasksCount: rows.map(({ runningTasksCount }) => runningTasksCount),
    groupTasks: Object.fromEntries([...groups].map((group) => [group, rows.map((row) => row.groups[group] ?? 0)])),
    elsewhere: [],
    ...more,
  };
}

export const someResources = (held: Partial<HeldResources> = {}): HeldResources => ({
  cpu: 256,
  memoryMiB: 512,
  ports: [],
  gpus: 0,
  ...held,
});

export const aRequest = (
  request: Partial<Omit<PlacementRequest, 'resources'>> & { readonly resources?: Partial<HeldResources> } = {},
): PlacementRequest => ({
  count: 1,
  requiredAttributes: [],
  constraints: [],
  strategies: [],
  group: 'service:web',
  launchType: 'EC2',
  ...request,
  resources: someResources(request.resources),
});
