/** The history of a service's rollouts on a real engine: followed, stopped with a rollback, held by a hook and continued. */
import {
  ContinueServiceDeploymentCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
  type DeploymentLifecycleHook,
  type ServiceDeployment,
} from '@aws-sdk/client-ecs';
import { expect, it, vi } from 'vitest';
import { withLongshore } from './support/lifetime.ts';
import { createService, describeService, registerWeb, stable } from './support/services.ts';
import { PATIENCE } from './support/web.ts';

const running = withLongshore();
const SERVICE = 'history';
/** Old tasks stop at once, without waiting until new tasks count as healthy. */
const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 200 };

async function current(): Promise<ServiceDeployment> {
  const { currentServiceDeployment = '' } = await describeService(running(), SERVICE);
  const { serviceDeployments = [] } = await running().ecs.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [currentServiceDeployment] }),
  );
  return serviceDeployments[0]!;
}

const until = (expected: Partial<ServiceDeployment>): Promise<ServiceDeployment> =>
  vi.waitFor(async () => {
    const deployment = await current();
    expect(deployment).toMatchObject(expected);
    return deployment;
  }, PATIENCE);

it('clients follow, stop and continue a service’s rollouts', async () => {
  const { ecs } = running();
  const first = await registerWeb(running(), SERVICE, 'first');
  await createService(running(), {
    serviceName: SERVICE,
    taskDefinition: first,
    desiredCount: 2,
    deploymentConfiguration,
  });
  const created = await until({ status: 'SUCCESSFUL' });
  expect(created).toMatchObject({
    sourceServiceRevisions: [],
    targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2, pendingTaskCount: 0 },
    deploymentCircuitBreaker: { status: 'DISABLED' },
  });
  expect(created.finishedAt!.getTime()).toBeGreaterThan(created.createdAt!.getTime());
  const serviceRevisionArns = [created.targetServiceRevision!.arn!];
  const { serviceRevisions } = await ecs.send(new DescribeServiceRevisionsCommand({ serviceRevisionArns }));
  expect(serviceRevisions).toMatchObject([
    { taskDefinition: expect.stringContaining(first) as string, containerImages: [{ containerName: 'web' }] },
  ]);

  // No registry has this image, so the rollout cannot succeed; the test stops it.
  const broken = await registerWeb(running(), SERVICE, 'broken', { image: '127.0.0.1:9/none:1' });
  await ecs.send(new UpdateServiceCommand({ service: SERVICE, taskDefinition: broken }));
  const stuck = await until({ status: 'IN_PROGRESS' });
  expect(stuck.sourceServiceRevisions).toMatchObject([{ arn: created.targetServiceRevision!.arn }]);
  await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: stuck.serviceDeploymentArn }));
  const back = await until({ status: 'ROLLBACK_SUCCESSFUL' });
  expect(back.rollback).toMatchObject({ serviceRevisionArn: created.targetServiceRevision!.arn });
  await stable(running(), SERVICE, 2, first);
  const again = ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn: stuck.serviceDeploymentArn }));
  await expect(again).rejects.toMatchObject({ name: 'ConflictException' });

  const second = await registerWeb(running(), SERVICE, 'second');
  const lifecycleHooks: DeploymentLifecycleHook[] = [{ targetType: 'PAUSE', lifecycleStages: ['POST_SCALE_UP'] }];
  await ecs.send(
    new UpdateServiceCommand({
      service: SERVICE,
      taskDefinition: second,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 200, lifecycleHooks },
    }),
  );
  const paused = await until({ status: 'IN_PROGRESS', lifecycleStage: 'POST_SCALE_UP' });
  const [hook] = paused.lifecycleHookDetails!;
  expect(hook).toMatchObject({ targetType: 'PAUSE', status: 'AWAITING_ACTION', timeoutAction: 'ROLLBACK' });
  expect(await describeService(running(), SERVICE)).toMatchObject({ runningCount: 4 });
  await ecs.send(new UpdateServiceCommand({ service: SERVICE, deploymentConfiguration }));
  await ecs.send(
    new ContinueServiceDeploymentCommand({
      serviceDeploymentArn: paused.serviceDeploymentArn,
      hookId: hook!.hookId,
    }),
  );
  await until({ status: 'SUCCESSFUL' });
  await stable(running(), SERVICE, 2, second);

  const { serviceDeployments } = await ecs.send(new ListServiceDeploymentsCommand({ service: SERVICE }));
  expect(serviceDeployments?.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
});
