/** The steps that call CreateService, UpdateService and DeleteService. */
import type { Service } from '@aws-sdk/client-ecs';
import { defined } from '../../model/defined.ts';
import type { Step } from '../scenario/step.ts';
import { registerTasks } from './cluster.ts';
import { computeOf } from './compute.ts';
import type { Believed } from './expectations.ts';
import type { Answer, StepOf, StepTable, User } from './user.ts';

type ServiceStep = Extract<Step, { do: 'createService' | 'updateService' }>;
/** What a step asks of a service, as far as the expectations cover it. */
type ServiceAsk = Pick<ServiceStep, 'service'> &
  Partial<Pick<ServiceStep, 'tasks' | 'desiredCount' | 'minimumHealthyPercent' | 'maximumPercent'>>;

/** One value that a step asked for. */
interface Asked {
  set(isCertain: boolean): void;
  retract(): void;
}

type ServiceSteps = Pick<
  StepTable,
  'createService' | 'createExternalService' | 'updateService' | 'forceDeployment' | 'scale' | 'deleteService'
>;

const SPREAD = {
  zone: [{ type: 'spread', field: 'attribute:ecs.availability-zone' }],
  instance: [{ type: 'spread', field: 'instanceId' }],
} as const;

export function serviceSteps(user: User): ServiceSteps {
  return {
    createService: (step) => createService(user, step),
    createExternalService: (step) => createExternalService(user, step),
    updateService: (step) => updateService(user, step),
    forceDeployment: async ({ service }) => {
      await user.call('UpdateService', { service, forceNewDeployment: true });
    },
    scale: (step) => scale(user, step),
    deleteService: (step) => deleteService(user, step),
  };
}

async function createService(user: User, step: StepOf<'createService'>): Promise<void> {
  const daemon = step.schedulingStrategy === 'DAEMON';
  await created(user, step, {
    serviceName: step.service,
    taskDefinition: step.tasks,
    ...(daemon ? { schedulingStrategy: 'DAEMON' } : { desiredCount: step.desiredCount }),
    ...computeOf(user.scenario, step),
    ...settingsOf(step),
    ...(step.spread && !daemon ? { placementStrategy: SPREAD[step.spread] } : {}),
  });
}

const createExternalService = (user: User, step: StepOf<'createExternalService'>): Promise<void> =>
  created(user, step, {
    serviceName: step.service,
    desiredCount: step.desiredCount,
    deploymentController: { type: 'EXTERNAL' },
  });

async function created(
  user: User,
  step: StepOf<'createService' | 'createExternalService'>,
  body: Record<string, unknown>,
): Promise<void> {
  const answer = await believing(user, step, () => user.call('CreateService', body));
  if (answer.kind === 'refused') return;
  const isCertain = answer.kind === 'done';
  user.expectations.service(step.service).exists.set(true, isCertain);
  if (isCertain) await readBack(user, step.service, step.desiredCount);
}

async function updateService(user: User, step: StepOf<'updateService'>): Promise<void> {
  const { tasks, desiredCount, service } = step;
  const registered = tasks === undefined ? undefined : await registerTasks(user, tasks);
  if (typeof registered === 'string') return;
  await believing(user, step, () =>
    user.call('UpdateService', {
      service,
      ...(registered === undefined ? {} : { taskDefinition: registered.arn }),
      ...defined({ desiredCount }),
      // A service keeps its launch type; a strategy may replace it.
      ...(step.capacityProviders === undefined ? {} : computeOf(user.scenario, step)),
      ...settingsOf(step),
    }),
  );
}

async function scale(user: User, { service, desiredCount }: StepOf<'scale'>): Promise<void> {
  const answer = await believing(user, { service, desiredCount }, () =>
    user.call('UpdateService', { service, desiredCount }),
  );
  if (answer.kind === 'done') await readBack(user, service, desiredCount);
}

async function deleteService(user: User, { service }: StepOf<'deleteService'>): Promise<void> {
  const answer = await user.call('DeleteService', { service, force: true });
  if (answer.kind !== 'refused') user.expectations.service(service).exists.set(false, answer.kind === 'done');
}

/** What a step asks for may count from the moment of the call, because the owner acts before the answer arrives. */
async function believing(user: User, step: ServiceAsk, call: () => Promise<Answer>): Promise<Answer> {
  const asked = askedOf(user, step);
  for (const one of asked) one.set(false);
  const answer = await call();
  if (answer.kind === 'refused') for (const one of asked) one.retract();
  if (answer.kind === 'done') for (const one of asked) one.set(true);
  return answer;
}

function askedOf(user: User, step: ServiceAsk): readonly Asked[] {
  const { service, tasks, desiredCount, minimumHealthyPercent, maximumPercent } = step;
  const expected = user.expectations.service(service);
  const ask = <T>(believed: Believed<T>, value: T | undefined): readonly Asked[] =>
    value === undefined
      ? []
      : [{ set: (isCertain) => believed.set(value, isCertain), retract: () => believed.retract(value) }];
  return [
    ...ask(expected.tasks, tasks),
    ...ask(expected.desiredCount, desiredCount),
    ...ask(expected.minimum, minimumHealthyPercent),
    ...ask(expected.maximum, maximumPercent),
  ];
}

function settingsOf(step: ServiceStep): Record<string, unknown> {
  const { healthCheckGracePeriod, zoneRebalancing } = step;
  const configuration = deploymentConfigurationOf(step);
  return {
    ...(Object.keys(configuration).length > 0 ? { deploymentConfiguration: configuration } : {}),
    ...(zoneRebalancing === undefined ? {} : { availabilityZoneRebalancing: zoneRebalancing ? 'ENABLED' : 'DISABLED' }),
    ...(healthCheckGracePeriod === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: Math.round(healthCheckGracePeriod / 1000) }),
  };
}

function deploymentConfigurationOf(step: ServiceStep): Record<string, unknown> {
  const { minimumHealthyPercent, maximumPercent, circuitBreaker, bakeMinutes, hooks } = step;
  return {
    ...defined({ minimumHealthyPercent, maximumPercent }),
    ...(circuitBreaker === undefined
      ? {}
      : { deploymentCircuitBreaker: { enable: circuitBreaker !== 'off', rollback: circuitBreaker === 'rollback' } }),
    ...defined({ bakeTimeInMinutes: bakeMinutes }),
    ...(hooks === undefined
      ? {}
      : {
          lifecycleHooks: hooks.map(({ stage, timeoutMinutes, onTimeout }) => ({
            targetType: 'PAUSE',
            lifecycleStages: [stage],
            timeoutConfiguration: { timeoutInMinutes: timeoutMinutes, action: onTimeout },
          })),
        }),
  };
}

/** The next read shows what a call acknowledged. */
async function readBack(user: User, service: string, desiredCount: number): Promise<void> {
  const answer = await user.call('DescribeServices', { services: [service] });
  if (answer.kind !== 'done') return;
  const [found] = (answer.body['services'] ?? []) as Service[];
  if (found?.schedulingStrategy === 'DAEMON') return;
  if (found?.desiredCount !== desiredCount)
    user.broken(
      `service ${service} should want ${desiredCount} tasks, but is described with ${String(found?.desiredCount)}`,
    );
}
