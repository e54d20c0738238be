/**
 * The ledger of what tasks hold of container instances. Entries are locked, changed and written back in the transaction
 * that changes the tasks themselves. Instances are always locked in the order of their ids, so that no two transactions
 * wait for each other.
 */
import { gpuShortfall, takenGpus } from '../../model/gpus.ts';
import type { HeldResources } from '../../model/task.ts';
import type { Queries, Statement } from '../base/database.ts';
import { INSTANCE_EVENT_COLUMNS, insertInstanceEvents } from '../history/events.ts';
import type { CapacityColumns } from '../rows/instance-rows.ts';
import { toJson } from '../base/storable.ts';

/** What one task holds, including its GPUs. */
export interface Holding {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly ports: readonly string[];
  readonly gpuIds: readonly string[];
}

interface EntryRow extends CapacityColumns {
  readonly id: string;
  readonly cluster: string;
  readonly status: string;
  readonly agent_connected: boolean;
}

const LOCK: Statement = {
  name: 'ledger-lock',
  text: `SELECT id, cluster, status, agent_connected, cpu, memory, reserved_ports, gpus,
           held_cpu, held_memory, held_ports, held_gpus
         FROM container_instances WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
};

const WRITE: Statement = {
  name: 'ledger-write',
  text: `WITH changed AS (
           UPDATE container_instances i SET held_cpu = e.held_cpu, held_memory = e.held_memory,
             held_ports = e.held_ports, held_gpus = e.held_gpus, event_version = i.event_version + 1
           FROM json_to_recordset($1)
             AS e (id text, held_cpu integer, held_memory integer, held_ports text[], held_gpus text[])
           WHERE i.id = e.id RETURNING ${INSTANCE_EVENT_COLUMNS})
         ${insertInstanceEvents('changed')}`,
};

/** One locked instance. */
export class LedgerEntry {
  readonly id: string;
  readonly clusterName: string;
  readonly #row: EntryRow;
  #cpu: number;
  #memoryMiB: number;
  readonly #ports: Set<string>;
  readonly #gpuIds: Set<string>;

  constructor(row: EntryRow) {
    this.id = row.id;
    this.clusterName = row.cluster;
    this.#row = row;
    this.#cpu = row.held_cpu;
    this.#memoryMiB = row.held_memory;
    this.#ports = new Set(row.held_ports);
    this.#gpuIds = new Set(row.held_gpus);
  }

  /** Why a task cannot be held here now, in ECS's words; undefined if it can. */
  refusal(wanted: HeldResources): string | undefined {
    if (this.#row.status !== 'ACTIVE') return 'INACTIVE';
    if (!this.#row.agent_connected) return 'AGENT';
    if (wanted.cpu > this.#row.cpu - this.#cpu) return 'RESOURCE:CPU';
    if (wanted.memoryMiB > this.#row.memory - this.#memoryMiB) return 'RESOURCE:MEMORY';
    const taken = (port: string): boolean => this.#ports.has(port) || this.#row.reserved_ports.includes(port);
    if (wanted.ports.some(taken)) return 'RESOURCE:PORTS';
    const gpus = { free: this.#freeGpus().length, held: this.#gpuIds.size };
    if (gpuShortfall(wanted.gpus, gpus) > 0) return 'RESOURCE:GPU';
    return undefined;
  }

  #freeGpus(): readonly string[] {
    return this.#row.gpus.filter((gpu) => !this.#gpuIds.has(gpu));
  }

  /** Holds what `refusal` allowed. Returns the chosen GPUs. */
  hold(wanted: HeldResources): readonly string[] {
    const free = this.#freeGpus();
    const gpuIds = free.slice(0, takenGpus(wanted.gpus, free.length));
    this.#cpu += wanted.cpu;
    this.#memoryMiB += wanted.memoryMiB;
    for (const port of wanted.ports) this.#ports.add(port);
    for (const gpu of gpuIds) this.#gpuIds.add(gpu);
    return gpuIds;
  }

  release(holding: Holding): void {
    this.#cpu -= holding.cpu;
    this.#memoryMiB -= holding.memoryMiB;
    for (const port of holding.ports) this.#ports.delete(port);
    for (const gpu of holding.gpuIds) this.#gpuIds.delete(gpu);
  }

  toRow(): Readonly<Record<string, unknown>> {
    return {
      id: this.id,
      held_cpu: this.#cpu,
      held_memory: this.#memoryMiB,
      held_ports: [...this.#ports],
      held_gpus: [...this.#gpuIds],
    };
  }
}

/** Locks the instances until the end of the transaction. Unknown ids are absent from the result. */
export async function lockInstances(queries: Queries, ids: Iterable<string>): Promise<Map<string, LedgerEntry>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await queries.rows<EntryRow>(LOCK, [wanted]);
  return new Map(rows.map((row) => [row.id, new LedgerEntry(row)]));
}

/** Writes locked entries back, in one statement. */
export async function writeEntries(queries: Queries, entries: Iterable<LedgerEntry>): Promise<void> {
  const rows = [...entries].map((entry) => entry.toRow());
  if (rows.length > 0) await queries.run(WRITE, [toJson(rows)]);
}
