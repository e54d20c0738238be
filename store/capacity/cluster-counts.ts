/** Counts what clusters contain, over indexes. */
import type { Queries, Statement } from '../base/database.ts';
import type { ClusterCounts } from '../contract/clusters.ts';

const COUNT: Statement = {
  name: 'cluster-counts',
  text: `
    SELECT cluster, 'instances' AS kind, NULL AS launch_type, count(*) AS n FROM container_instances
      WHERE cluster = ANY($1) AND status IN ('ACTIVE', 'DRAINING') GROUP BY cluster
    UNION ALL
    SELECT cluster, CASE WHEN last_status IN ('PROVISIONING', 'PENDING', 'ACTIVATING') THEN 'pending' ELSE 'running' END,
      launch_type, count(*) FROM tasks
      WHERE cluster = ANY($1) AND last_status <> 'STOPPED'
        AND last_status IN ('PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING') GROUP BY 1, 2, 3
    UNION ALL
    SELECT cluster, 'stopping', NULL, count(*) FROM tasks
      WHERE cluster = ANY($1) AND last_status IN ('DEACTIVATING', 'STOPPING', 'DEPROVISIONING') GROUP BY 1
    UNION ALL
    SELECT cluster, CASE status WHEN 'ACTIVE' THEN 'active' ELSE 'draining' END, launch_type, count(*) FROM services
      WHERE cluster = ANY($1) AND status <> 'INACTIVE' GROUP BY 1, 2, 3`,
};

/** In the spelling of `statistics`. */
const LAUNCH_TYPES = { EC2: 'EC2', FARGATE: 'Fargate', EXTERNAL: 'External' } as const;

interface CountRow {
  readonly cluster: string;
  readonly kind: 'instances' | 'pending' | 'running' | 'stopping' | 'active' | 'draining';
  readonly launch_type: keyof typeof LAUNCH_TYPES | null;
  readonly n: number;
}

/** `tasks` includes stopping tasks, which neither of ECS's counters shows; `services` includes DRAINING ones. */
export interface ClusterContents {
  readonly counts: ClusterCounts;
  readonly tasks: number;
  readonly services: number;
}

/** What each of the clusters contains, in the order of the names. */
export async function countClusters(queries: Queries, names: readonly string[]): Promise<Map<string, ClusterContents>> {
  const rows = await queries.rows<CountRow>(COUNT, [names]);
  return new Map(names.map((name) => [name, summarise(rows.filter((row) => row.cluster === name))]));
}

function summarise(rows: readonly CountRow[]): ClusterContents {
  const sum = (...kinds: readonly CountRow['kind'][]): number =>
    rows.filter((row) => kinds.includes(row.kind)).reduce((total, row) => total + row.n, 0);
  const ofLaunchType = (kind: CountRow['kind'], launchType: string): number =>
    rows.find((row) => row.kind === kind && row.launch_type === launchType)?.n ?? 0;
  const statistics: Record<string, number> = {};
  for (const [launchType, word] of Object.entries(LAUNCH_TYPES)) {
    for (const kind of ['running', 'pending'] as const) {
      statistics[`${kind}${word}TasksCount`] = ofLaunchType(kind, launchType);
    }
    for (const kind of ['active', 'draining'] as const) {
      statistics[`${kind}${word}ServiceCount`] = ofLaunchType(kind, launchType);
    }
  }
  return {
    counts: {
      registeredContainerInstancesCount: sum('instances'),
      runningTasksCount: sum('running'),
      pendingTasksCount: sum('pending'),
      activeServicesCount: sum('active'),
      statistics,
    },
    tasks: sum('running', 'pending', 'stopping'),
    services: sum('active', 'draining'),
  };
}
