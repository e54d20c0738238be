/** Nothing goes back: versions rise, statuses move forwards, and nothing that is not STOPPED disappears. */
import { statusRank } from '../../model/status.ts';
import type { Task } from '../../model/task.ts';
import type { Check } from './check.ts';

export const order: Check = {
  name: 'order',
  check({ before, now }) {
    const wrong: string[] = [];
    for (const [taskId, then] of before.tasks) {
      const task = now.tasks.get(taskId);
      if (!task && then.lastStatus !== 'STOPPED') wrong.push(`task ${taskId} (${then.lastStatus}) is gone`);
      if (task) wrong.push(...compareTasks(then, task));
    }
    for (const [name, then] of before.services) {
      const service = now.services.get(name);
      if (service?.incarnation === then.incarnation && service.version < then.version)
        wrong.push(`service ${name} went from version ${then.version} to ${service.version}`);
    }
    for (const [id, then] of before.instances) {
      const instance = now.instances.get(id);
      if (instance && instance.version < then.version)
        wrong.push(`instance ${id} went from version ${then.version} to ${instance.version}`);
    }
    return wrong;
  },
};

function compareTasks(then: Task, now: Task): string[] {
  const wrong: string[] = [];
  if (now.version < then.version) wrong.push(`task ${now.taskId} went from version ${then.version} to ${now.version}`);
  if (statusRank(now.lastStatus) < statusRank(then.lastStatus))
    wrong.push(`task ${now.taskId} went from ${then.lastStatus} to ${now.lastStatus}`);
  if (then.desiredStatus === 'STOPPED' && now.desiredStatus === 'RUNNING')
    wrong.push(`task ${now.taskId} had desiredStatus STOPPED and has RUNNING again`);
  if (then.startedAt !== undefined && now.startedAt !== then.startedAt)
    wrong.push(`task ${now.taskId} had startedAt ${then.startedAt} and has ${String(now.startedAt)}`);
  return wrong;
}
