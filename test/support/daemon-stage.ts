/** A DAEMON service named `agent` on a stage, and its state. */
import type { ServiceDefinition } from '../../model/service.ts';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { instancesChangedSignal } from '../../workflows/messages.ts';
import { createCommand, taskDefinition } from './commands.ts';
import type { Stage } from './workflow-env.ts';

const DAEMON: Partial<ServiceDefinition> = {
  serviceName: 'agent',
  schedulingStrategy: 'DAEMON',
  desiredCount: 0,
  minimumHealthyPercent: 0,
  maximumPercent: 100,
};

export const createDaemon = (
  stage: Stage,
  changes: Partial<ServiceDefinition> = {},
  definition = taskDefinition(),
): Promise<{ incarnation: string }> =>
  stage.createService(createCommand(stage.cluster, { ...DAEMON, ...changes }, definition));

export const daemonHandle = (stage: Stage) => stage.client.getHandle(serviceWorkflowId(stage.cluster, 'agent'));

/** Tells the service that its instances have changed. */
export const tellDaemon = (stage: Stage): Promise<void> => daemonHandle(stage).signal(instancesChangedSignal);

export const daemonRecord = (stage: Stage) => stage.control.services.get('agent')!;

/** The instances of its RUNNING tasks. */
export const daemonsRun = ({ control }: Stage): string[] =>
  control
    .live()
    .filter((task) => task.serviceName === 'agent' && task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING')
    .map((task) => task.containerInstanceId ?? '')
    .sort();
