/** What users order of rollouts, and what the controller of a service with task sets does. */
import { serviceDeploymentArn } from '../../model/arn.ts';
import { hasEnded } from '../../scheduler/rollout/deployment-status.ts';
import type { Deployment, ServiceRecord } from '../../model/service.ts';
import { computeOf } from './compute.ts';
import { PARTITION } from '../world/world.ts';
import type { StepOf, StepTable, User } from './user.ts';

type RolloutSteps = Pick<
  StepTable,
  'stopDeployment' | 'continueDeployment' | 'createTaskSet' | 'scaleTaskSet' | 'primaryTaskSet' | 'deleteTaskSet'
>;

export function rolloutSteps(user: User): RolloutSteps {
  return {
    stopDeployment: (step) => stopDeployment(user, step),
    continueDeployment: (step) => continueDeployment(user, step),
    createTaskSet: (step) => createTaskSet(user, step),
    scaleTaskSet: (step) =>
      changeTaskSet(user, step, 'UpdateTaskSet', { scale: { value: step.scale, unit: 'PERCENT' } }),
    primaryTaskSet: async (step) => {
      const set = await findTaskSet(user, step);
      if (set)
        await user.call('UpdateServicePrimaryTaskSet', { service: step.service, primaryTaskSet: set.deploymentId });
    },
    deleteTaskSet: (step) => changeTaskSet(user, step, 'DeleteTaskSet', { force: step.force ?? true }),
  };
}

/** The deployment that is under way, if there is one; without it, the step does nothing. */
async function underWay(user: User, name: string) {
  const current = (await findService(user, name))?.serviceDeployments?.[0];
  if (current === undefined || hasEnded(current.status)) return undefined;
  return { current, arn: serviceDeploymentArn(PARTITION, user.clusterName, name, current.serviceDeploymentId) };
}

async function stopDeployment(user: User, { service, stopType = 'ROLLBACK' }: StepOf<'stopDeployment'>): Promise<void> {
  const found = await underWay(user, service);
  if (found) await user.call('StopServiceDeployment', { serviceDeploymentArn: found.arn, stopType });
}

/** Continues the first hook that holds the deployment. */
async function continueDeployment(user: User, step: StepOf<'continueDeployment'>): Promise<void> {
  const found = await underWay(user, step.service);
  const hook = found?.current.hooks?.find(({ status }) => status === 'AWAITING_ACTION');
  if (!found || !hook) return;
  const { action = 'CONTINUE' } = step;
  await user.call('ContinueServiceDeployment', { serviceDeploymentArn: found.arn, hookId: hook.hookId, action });
}

/** Only one task set of each name exists at a time: a step that would create a second one does nothing. */
async function createTaskSet(user: User, step: StepOf<'createTaskSet'>): Promise<void> {
  if (await findTaskSet(user, step)) return;
  const { service, taskSet, tasks, scale } = step;
  await user.callPatiently('CreateTaskSet', {
    service,
    externalId: taskSet,
    clientToken: user.token(),
    taskDefinition: tasks,
    scale: { value: scale, unit: 'PERCENT' },
    ...computeOf(user.scenario, step),
  });
}

async function changeTaskSet(
  user: User,
  step: StepOf<'scaleTaskSet' | 'deleteTaskSet'>,
  operation: string,
  body: Record<string, unknown>,
): Promise<void> {
  const set = await findTaskSet(user, step);
  if (!set) return;
  const { service } = step;
  const answer = await user.call(operation, { service, taskSet: set.deploymentId, ...body });
  if (answer.kind !== 'done') return;
  const after = (await findService(user, service))?.deployments.find(
    ({ deploymentId }) => deploymentId === set.deploymentId,
  );
  if (step.do === 'scaleTaskSet' && after && after.taskSet?.scale !== step.scale)
    user.broken(
      `task set ${step.taskSet} of ${service} was scaled to ${step.scale} percent, but has ${String(after.taskSet?.scale)}`,
    );
  if (step.do === 'deleteTaskSet' && after && after.taskSet?.draining !== true)
    user.broken(`task set ${step.taskSet} of ${service} was deleted, but is not being deleted`);
}

/** Finds the task set by the name that its creator gave it. Task sets that are being deleted have no name any more. */
async function findTaskSet(
  user: User,
  { service, taskSet }: { readonly service: string; readonly taskSet: string },
): Promise<Deployment | undefined> {
  const deployments = (await findService(user, service))?.deployments ?? [];
  return deployments.find(({ taskSet: set }) => set?.externalId === taskSet && set.draining !== true);
}

async function findService({ world, clusterName }: User, name: string): Promise<ServiceRecord | undefined> {
  const [service] = await world.store.getServices(clusterName, [name]);
  return service?.status === 'ACTIVE' ? service : undefined;
}
