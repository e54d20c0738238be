/** What an agent needs to launch one task of a service. */
import type { TaskLaunch } from '../../activities/host/types.ts';
import { parseArn, taskArn } from '../../model/arn.ts';
import { launchTypeOf } from '../../model/capacity-provider.ts';
import { pinnedImages } from '../../scheduler/rollout/container-images.ts';
import type { ServiceOwnedTask, ServiceState } from '../../scheduler/service/state.ts';

export function launchOf({ definition, deployments }: ServiceState, task: ServiceOwnedTask): TaskLaunch {
  const deployment = deployments.find((each) => each.deploymentId === task.deploymentId);
  const taskDefinitionArn = deployment?.taskDefinitionArn ?? '';
  const partition = parseArn(taskDefinitionArn);
  const { clusterName, serviceName } = definition;
  return {
    taskId: task.taskId,
    taskArn: partition ? taskArn(partition, clusterName, task.taskId) : task.taskId,
    taskDefinitionArn,
    group: `service:${serviceName}`,
    launchType: deployment ? launchTypeOf(deployment) : 'EC2',
    overrides: {},
    ...(deployment?.networkConfiguration ? { networkConfiguration: deployment.networkConfiguration } : {}),
    ...(deployment?.containerImages ? { images: pinnedImages(deployment.containerImages) } : {}),
    ...(task.gpuIds ? { gpuIds: task.gpuIds } : {}),
    ...(task.logDriverMode ? { logDriverMode: task.logDriverMode } : {}),
  };
}
