/** Reads what is alive in all clusters: enough to start the owners' workflows again if Temporal has lost them. */
import type { ServiceRecord } from '../../model/service.ts';
import type { Task } from '../../model/task.ts';
import type { Database } from '../base/database.ts';
import { toRecord, type ServiceRow } from './services.ts';
import { TASK_COLUMNS, type TaskRow, toTask } from '../rows/task-rows.ts';
import type { LiveInstance, LiveOwners, OwnerStore } from '../contract/owners.ts';

interface LiveInstanceRow {
  readonly cluster: string;
  readonly id: string;
  readonly status: LiveInstance['status'];
  readonly stop_tasks_at: number | null;
  readonly registered_at: number;
  readonly version: number;
}

export function createOwnerStore(db: Database): OwnerStore {
  return {
    listLiveServices: async (): Promise<readonly ServiceRecord[]> => {
      const rows = await db.rows<ServiceRow>(
        `SELECT doc, tags FROM services WHERE status <> 'INACTIVE' ORDER BY cluster, name`,
      );
      return rows.map(toRecord);
    },
    listLiveTasks: async (ownerWorkflowId): Promise<readonly Task[]> => {
      const text = `SELECT ${TASK_COLUMNS} FROM tasks WHERE last_status <> 'STOPPED'`;
      const rows = await (ownerWorkflowId === undefined
        ? db.rows<TaskRow>(`${text} ORDER BY id`)
        : db.rows<TaskRow>(`${text} AND owner = $1 ORDER BY id`, [ownerWorkflowId]));
      return rows.map(toTask);
    },
    listOwners: async (): Promise<LiveOwners> => {
      const services = await db.rows<{ cluster: string; name: string }>(
        `SELECT cluster, name FROM services WHERE status <> 'INACTIVE' ORDER BY cluster, name`,
      );
      const tasks = await db.rows<{ owner: string }>(
        `SELECT DISTINCT owner FROM tasks WHERE last_status <> 'STOPPED' ORDER BY owner`,
      );
      const instances = await db.rows<{ cluster: string; id: string }>(
        `SELECT cluster, id FROM container_instances WHERE status <> 'INACTIVE' ORDER BY id`,
      );
      return {
        services: services.map(({ cluster, name }) => ({ clusterName: cluster, serviceName: name })),
        ofTasks: tasks.map(({ owner }) => owner),
        instances: instances.map(({ cluster, id }) => ({ clusterName: cluster, containerInstanceId: id })),
      };
    },
    listLiveInstances: async (): Promise<readonly LiveInstance[]> => {
      const rows = await db.rows<LiveInstanceRow>(
        `SELECT cluster, id, status, stop_tasks_at, registered_at, version FROM container_instances
         WHERE status <> 'INACTIVE' ORDER BY id`,
      );
      return rows.map((row) => ({
        clusterName: row.cluster,
        containerInstanceId: row.id,
        status: row.status,
        ...(row.stop_tasks_at === null ? {} : { stopTasksAt: row.stop_tasks_at }),
        registeredAt: row.registered_at,
        version: row.version,
      }));
    },
  };
}
