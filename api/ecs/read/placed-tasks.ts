/** Reads the answer to a call that placed tasks. */
import type { Failure as WireFailure, Task as WireTask } from '@aws-sdk/client-ecs';
import type { RunTaskOutcome } from '../../../workflows/messages.ts';
import type { OperationContext } from '../../operation.ts';
import { presentPlacementFailure } from '../present/failure.ts';
import { describeTasksOf, readTasks } from './tasks.ts';

/** Returns the placed tasks, read from the store after they were recorded, and the failures. */
export async function answerPlacement(
  context: OperationContext,
  clusterName: string,
  outcome: RunTaskOutcome,
): Promise<{ tasks: WireTask[]; failures: WireFailure[] }> {
  const tasks = await readTasks(context, clusterName, outcome.taskIds);
  return {
    tasks: await describeTasksOf(context, clusterName, tasks, { includeTags: true }),
    failures: outcome.failures.map((failure) => presentPlacementFailure(failure, context.partition, clusterName)),
  };
}
