/** A container instance as a row, and its attributes. */
import type { AgentUpdateStatus } from '../../model/agent-update.ts';
import { CAPACITY_PROVIDER_ATTRIBUTE } from '../../model/container-instance.ts';
import type { Attribute, CountedInstance } from '../../model/container-instance.ts';
import { defined } from '../../model/defined.ts';
import type { InstanceStatus } from '../../model/status.ts';

/** What tasks hold, as columns of an instance and of a task. */
export interface HeldColumns {
  readonly held_cpu: number;
  readonly held_memory: number;
  readonly held_ports: readonly string[];
  readonly held_gpus: readonly string[];
}

/** What an instance has and what its tasks hold of it. */
export interface CapacityColumns extends HeldColumns {
  readonly cpu: number;
  readonly memory: number;
  readonly reserved_ports: readonly string[];
  readonly gpus: readonly string[];
}

export interface InstanceRow extends CapacityColumns {
  readonly id: string;
  readonly cluster: string;
  readonly status: InstanceStatus;
  readonly status_reason: string | null;
  readonly agent_connected: boolean;
  readonly registered_at: number;
  readonly version: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly agent_version: string;
  readonly agent_hash: string;
  readonly docker_version: string;
  /** Absent in events that are older than the column. */
  readonly agent_update_status?: AgentUpdateStatus | null;
  readonly tags: CountedInstance['tags'];
  readonly running: number;
  readonly pending: number;
}

/** A task counts as pending until it runs, and as running as long as it should run. */
export const RUNNING_ON_INSTANCE = `desired_status = 'RUNNING' AND last_status NOT IN ('PROVISIONING', 'PENDING', 'ACTIVATING')`;
export const PENDING_ON_INSTANCE = `last_status IN ('PROVISIONING', 'PENDING', 'ACTIVATING')`;

/** The operator's capacity provider that an instance (`i`) belongs to; null if there is none. */
export const CAPACITY_PROVIDER = `coalesce(i.custom_attributes ->> '${CAPACITY_PROVIDER_ATTRIBUTE}', i.agent_attributes ->> '${CAPACITY_PROVIDER_ATTRIBUTE}')`;

/** An empty value in the database stands for an attribute without one. */
export const toAttribute = ([name, value]: readonly [string, string]): Attribute =>
  value === '' ? { name } : { name, value };

/** Attributes by name, as the database stores them. */
export const toAttributeMap = (attributes: readonly Attribute[]): Readonly<Record<string, string>> =>
  Object.fromEntries(attributes.map(({ name, value }) => [name, value ?? '']));

export function toInstance(row: InstanceRow): CountedInstance {
  return {
    containerInstanceId: row.id,
    clusterName: row.cluster,
    status: row.status,
    ...(row.status_reason === null ? {} : { statusReason: row.status_reason }),
    agentConnected: row.agent_connected,
    registeredAt: row.registered_at,
    registered: { cpu: row.cpu, memoryMiB: row.memory, reservedPorts: row.reserved_ports, gpuIds: row.gpus },
    attributes: Object.entries(row.attributes).map(toAttribute),
    ...(row.attributes[CAPACITY_PROVIDER_ATTRIBUTE]
      ? { capacityProviderName: row.attributes[CAPACITY_PROVIDER_ATTRIBUTE] }
      : {}),
    agentVersion: row.agent_version,
    agentHash: row.agent_hash,
    dockerVersion: row.docker_version,
    ...defined({ agentUpdateStatus: row.agent_update_status ?? undefined }),
    version: row.version,
    runningTasksCount: row.running,
    pendingTasksCount: row.pending,
    remaining: {
      cpu: row.cpu - row.held_cpu,
      memoryMiB: row.memory - row.held_memory,
      usedPorts: [...new Set([...row.reserved_ports, ...row.held_ports])],
      freeGpuIds: row.gpus.filter((gpu) => !row.held_gpus.includes(gpu)),
    },
    tags: row.tags,
  };
}
