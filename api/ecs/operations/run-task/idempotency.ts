/** Answers a RunTask call whose clientToken was used before. */
import type { RunTaskResponse, Task as WireTask } from '@aws-sdk/client-ecs';
import { taskArn } from '../../../../model/arn.ts';
import { EcsError } from '../../../../model/errors.ts';
import type { RunTaskAnswer } from '../../../../model/reservation.ts';
import type { OperationContext } from '../../../operation.ts';
import { answerPlacement } from '../../read/placed-tasks.ts';

/** Returns the original result. Throws ConflictException with the first call's task ARNs if the parameters differ. */
export async function answerRepeatedCall(
  context: OperationContext,
  call: { readonly clusterName: string; readonly digest: string; readonly repeated: RunTaskAnswer },
): Promise<RunTaskResponse> {
  const { clusterName, digest, repeated } = call;
  if (repeated.digest !== digest) {
    throw new EcsError('ConflictException', 'The clientToken was used before with other RunTask parameters.', {
      resourceIds: repeated.taskIds.map((id) => taskArn(context.partition, clusterName, id)),
    });
  }
  const { tasks, failures } = await answerPlacement(context, clusterName, repeated);
  return { tasks: tasks.map(shortenStopped), failures };
}

/** For a task that has stopped since, ECS repeats only the ARN and the statuses. */
function shortenStopped(task: WireTask): WireTask {
  if (task.lastStatus !== 'STOPPED') return task;
  const { taskArn: arn, lastStatus, desiredStatus } = task;
  return { taskArn: arn, lastStatus, desiredStatus };
}
