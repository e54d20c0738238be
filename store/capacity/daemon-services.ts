/** What DAEMON services see of their cluster, and the room that is kept free for them; see model/daemon.ts. */
import { createHash } from 'node:crypto';
import type { CapacitySnapshot } from '../../model/capacity.ts';
import type { DaemonClaim, DaemonLook, DaemonLookRequest } from '../../model/daemon.ts';
import type { Database, Queries, Statement } from '../base/database.ts';
import { snapshotForDaemon } from './snapshot.ts';

const ACTIVE_DAEMONS = `cluster = $1 AND scheduling_strategy = 'DAEMON' AND status = 'ACTIVE'`;

/** Names of the ACTIVE DAEMON services of the cluster. */
export async function listDaemonServices(db: Queries, clusterName: string): Promise<readonly string[]> {
  const rows = await db.rows<{ name: string }>(`SELECT name FROM services WHERE ${ACTIVE_DAEMONS} ORDER BY name`, [
    clusterName,
  ]);
  return rows.map((row) => row.name);
}

/**
 * Runs in the transaction that changes the instance, so that nobody sees the change before the mark. Goes in the order
 * of names to avoid deadlocks.
 */
const MARK: Statement = {
  name: 'daemon-mark',
  text: `
  WITH daemons AS (SELECT name FROM services WHERE ${ACTIVE_DAEMONS} ORDER BY name FOR NO KEY UPDATE)
  UPDATE services s SET daemon_unseen = ARRAY(SELECT m FROM unnest(s.daemon_unseen) m WHERE split_part(m, '/', 1) <> $2)
    || ($2 || '/' || nextval('daemon_marks'))
  FROM daemons d WHERE s.cluster = $1 AND s.name = d.name`,
};

/** Marks the instance as new or changed. */
export async function markForDaemons(queries: Queries, clusterName: string, instanceId: string): Promise<void> {
  await queries.run(MARK, [clusterName, instanceId]);
}

/** Written with the service's row. Marks that came after the service's last look stay. */
export async function putDaemonClaim(
  queries: Queries,
  { cluster, name }: { readonly cluster: string; readonly name: string },
  claim: DaemonClaim,
): Promise<void> {
  await queries.run(
    `UPDATE services SET daemon_cpu = $3, daemon_memory = $4, daemon_ports = $5, daemon_missing = $6,
       daemon_unseen = ARRAY(SELECT m FROM unnest(daemon_unseen) m WHERE m <> ALL ($7::text[]))
     WHERE cluster = $1 AND name = $2`,
    [cluster, name, claim.cpu, claim.memoryMiB, claim.ports, claim.instanceIds, claim.seenMarks],
  );
}

/**
 * Read first: the columns that are read next include every change with such a mark, and a change in between is looked
 * at again.
 */
const MARKS: Statement = {
  name: 'daemon-marks',
  text: 'SELECT daemon_unseen AS marks FROM services WHERE cluster = $1 AND name = $2',
};

const BUSY_DRAINING: Statement = {
  name: 'daemon-busy-draining',
  text: `
  SELECT DISTINCT t.instance_id AS id FROM container_instances i
  JOIN tasks t ON t.instance_id = i.id AND t.last_status <> 'STOPPED'
  JOIN services s ON s.cluster = t.cluster AND s.name = t.service AND s.scheduling_strategy <> 'DAEMON'
  WHERE i.cluster = $1 AND i.status = 'DRAINING' ORDER BY 1`,
};

/** All instances of the cluster that may have a task, without their capacity. */
export async function lookAtInstances(db: Database, request: DaemonLookRequest): Promise<DaemonLook> {
  const { clusterName, serviceName, countsTasks, knownDigest } = request;
  const [row] = await db.rows<{ marks: readonly string[] }>(MARKS, [clusterName, serviceName]);
  const [snapshot, busy] = await Promise.all([
    snapshotForDaemon(db, request),
    db.rows<{ id: string }>(BUSY_DRAINING, [clusterName]),
  ]);
  const instances = withoutCapacity(snapshot, countsTasks);
  const digest = digestOf(instances);
  return {
    digest,
    ...(digest === knownDigest ? {} : { instances }),
    busyDrainingIds: busy.map(({ id }) => id),
    marks: row?.marks ?? [],
  };
}

/** Removes what eligibility does not depend on, because it would make every look different. */
const withoutCapacity = (snapshot: CapacitySnapshot, countsTasks: boolean): CapacitySnapshot => ({
  ...snapshot,
  takenAt: 0,
  cpu: [],
  memoryMiB: [],
  usedPorts: {},
  gpuIds: {},
  runningTasksCount: countsTasks ? snapshot.runningTasksCount : [],
});

const digestOf = (instances: CapacitySnapshot): string =>
  createHash('sha256').update(JSON.stringify(instances)).digest('base64url').slice(0, 22);
