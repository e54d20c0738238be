/** The UpdateTaskProtection operation. */
import type { Failure, ProtectedTask, UpdateTaskProtectionRequest } from '@aws-sdk/client-ecs';
import type { UpdateTaskProtectionResponse } from '@aws-sdk/client-ecs';
import type { ProtectTasksCommand } from '../../../../model/commands.ts';
import type { Operation, OperationContext } from '../../../operation.ts';
import { both } from '../../read/both.ts';
import { readTasks } from '../../read/tasks.ts';
import { checkBatch } from '../../rules/identifiers.ts';
import { invalid } from '../../rules/refusals.ts';
import { requireCluster } from '../../read/clusters.ts';
import { namedTasks } from '../../rules/named-tasks.ts';
import { presentProtection } from '../../present/task-protection.ts';
import { sortTasks } from '../../read/task-protection.ts';
import type { NamedTasks } from '../../rules/named-tasks.ts';

const MOST_TASKS = 10;
const DEFAULT_MINUTES = 120;
const MOST_MINUTES = 2_880;
const MINUTE_MS = 60_000;

/** Asks each task's service to set or end its protection. If the task is already protected, its time begins again. */
export const updateTaskProtection: Operation<UpdateTaskProtectionRequest, UpdateTaskProtectionResponse> = {
  name: 'UpdateTaskProtection',
  effect: 'records',
  async handle(input, context) {
    checkBatch('Tasks', input.tasks ?? [], MOST_TASKS);
    const { expiresInMinutes = DEFAULT_MINUTES } = input;
    if (expiresInMinutes < 1 || expiresInMinutes > MOST_MINUTES) {
      throw invalid(`expiresInMinutes should be between 1 and ${MOST_MINUTES}.`);
    }
    const named = namedTasks(input, context);
    const [, found] = await both(
      requireCluster(context, input.cluster),
      readTasks(context, named.clusterName, named.taskIds),
    );
    const { valid, failures } = sortTasks(named, found);
    const owners = [...new Set(valid.map((task) => task.ownerWorkflowId))];
    const idsOf = (owner: string) => valid.filter((t) => t.ownerWorkflowId === owner).map(({ taskId }) => taskId);
    const protect = input.protectionEnabled === true ? { protectForMs: expiresInMinutes * MINUTE_MS } : {};
    const answers = await Promise.all(
      owners.map((owner) => askOwner(context, named, { owner, command: { taskIds: idsOf(owner), ...protect } })),
    );
    const position = new Map(named.taskIds.map((taskId, i) => [named.arnOf(taskId), i]));
    const inOrder = (arn: string | undefined): number => position.get(arn ?? '') ?? 0;
    return {
      protectedTasks: answers.flatMap((a) => a.protectedTasks).sort((a, b) => inOrder(a.taskArn) - inOrder(b.taskArn)),
      failures: [...failures, ...answers.flatMap((a) => a.failures)].sort((a, b) => inOrder(a.arn) - inOrder(b.arn)),
    };
  },
};

async function askOwner(
  { workflows }: Pick<OperationContext, 'workflows'>,
  { arnOf }: NamedTasks,
  { owner, command }: { readonly owner: string; readonly command: ProtectTasksCommand },
): Promise<{ readonly protectedTasks: readonly ProtectedTask[]; readonly failures: readonly Failure[] }> {
  const outcome = await workflows.protectTasks(owner, command);
  const now = Date.now();
  return {
    protectedTasks: (outcome?.tasks ?? []).map((t) => presentProtection(arnOf(t.taskId), t.protectedUntil, now)),
    failures: (
      outcome?.failures ?? command.taskIds.map((taskId) => ({ taskId, reason: 'MISSING', detail: 'The task is gone.' }))
    ).map(({ taskId, reason, detail }) => ({ arn: arnOf(taskId), reason, detail })),
  };
}
