/** Checks the ledger's invariant: an instance counts as held exactly what its tasks that are not STOPPED hold. */
import type { HeldResources } from '../../model/task.ts';
import type { Database } from '../base/database.ts';
import type { CapacityStore } from '../contract/capacity.ts';
import type { HeldColumns } from '../rows/instance-rows.ts';

interface HeldRow extends HeldColumns {
  readonly id: string;
  readonly cpu: number;
  readonly memory: number;
  readonly ports: readonly string[];
  readonly gpus: readonly string[];
}

const DIFFERENCES = `
  SELECT * FROM (
    SELECT i.id, i.held_cpu, i.held_memory,
      ARRAY(SELECT unnest(i.held_ports) ORDER BY 1) AS held_ports, ARRAY(SELECT unnest(i.held_gpus) ORDER BY 1) AS held_gpus,
      coalesce(sum(t.held_cpu), 0) AS cpu, coalesce(sum(t.held_memory), 0) AS memory,
      ARRAY(SELECT unnest(u.held_ports) AS port FROM tasks u
        WHERE u.instance_id = i.id AND u.last_status <> 'STOPPED' ORDER BY port) AS ports,
      ARRAY(SELECT unnest(u.held_gpus) AS gpu FROM tasks u
        WHERE u.instance_id = i.id AND u.last_status <> 'STOPPED' ORDER BY gpu) AS gpus
    FROM container_instances i LEFT JOIN tasks t ON t.instance_id = i.id AND t.last_status <> 'STOPPED'
    GROUP BY i.id) sums
  WHERE (held_cpu, held_memory, held_ports, held_gpus) IS DISTINCT FROM (cpu, memory, ports, gpus)`;

/** One statement, so that it sees one moment. */
export async function checkCapacityInvariant(
  db: Database,
): Promise<Awaited<ReturnType<CapacityStore['checkCapacityInvariant']>>> {
  const rows = await db.rows<HeldRow>(DIFFERENCES);
  return rows.map((row) => ({
    containerInstanceId: row.id,
    expected: { cpu: row.cpu, memoryMiB: row.memory, ports: row.ports, gpus: row.gpus.length } satisfies HeldResources,
    found: {
      cpu: row.held_cpu,
      memoryMiB: row.held_memory,
      ports: row.held_ports,
      gpus: row.held_gpus.length,
    } satisfies HeldResources,
  }));
}
