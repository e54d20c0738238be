/** DAEMON services under skipped time: the real workflow, a fake store, fake hosts. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '../../model/service.ts';
import {
  deleteServiceUpdate,
  instancesChangedSignal,
  serviceWorkflowId,
  updateServiceUpdate,
} from '../../workflows/messages.ts';
import { createCommand, taskDefinition } from '../support/commands.ts';
import { startWorkflowEnv, withStage, type Stage } from '../support/workflow-env.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startWorkflowEnv();
});
afterAll(() => env.teardown());

const DAEMON: Partial<ServiceDefinition> = {
  serviceName: 'agent',
  schedulingStrategy: 'DAEMON',
  desiredCount: 0,
  minimumHealthyPercent: 0,
  maximumPercent: 100,
};
const create = (stage: Stage, changes: Partial<ServiceDefinition> = {}, definition = taskDefinition()) =>
  stage.createService(createCommand(stage.cluster, { ...DAEMON, ...changes }, definition));
const handle = (stage: Stage) => stage.client.getHandle(serviceWorkflowId(stage.cluster, 'agent'));
const tell = (stage: Stage) => handle(stage).signal(instancesChangedSignal);
const record = (stage: Stage) => stage.control.services.get('agent')!;
/** Instances of the service's RUNNING tasks. */
const running = ({ control }: Stage): string[] =>
  control
    .live()
    .filter((task) => task.serviceName === 'agent' && task.lastStatus === 'RUNNING' && task.desiredStatus === 'RUNNING')
    .map((task) => task.containerInstanceId ?? '')
    .sort();
describe('a DAEMON service', () => {
  it('answers with its desired count, runs one task on each instance, and is steady', () =>
    withStage(env, async (stage) => {
      const ids = [await stage.addInstance(), await stage.addInstance(), await stage.addInstance()];
      await create(stage);
      expect(record(stage).definition.desiredCount).toBe(3);
      await stage.until('each has one', () => running(stage).length === 3);
      expect(running(stage)).toEqual([...ids].sort());
      await stage.until('steady', () => stage.control.messages().some((m) => m.endsWith('reached a steady state.')));
      expect(record(stage).deployments).toMatchObject([
        { rolloutState: 'COMPLETED', desiredCount: 3, runningCount: 3 },
      ]);
    }));

  it('leaves a DRAINING instance after the tasks of REPLICA services', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance();
      await create(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.until('both run', () => stage.control.live().filter((t) => t.lastStatus === 'RUNNING').length === 2);
      stage.control.instances.get(id)!.status = 'DRAINING';
      await tell(stage);
      await stage.pass(60_000);
      expect(running(stage)).toEqual([id]);
      expect(record(stage)).toMatchObject({ waitingForCapacity: true, definition: { desiredCount: 0 } });
      const web = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      const { incarnation } = stage.control.services.get('web')!;
      await web.executeUpdate(deleteServiceUpdate, { args: [{ incarnation, force: true }] });
      await stage.until('it goes, too', () => stage.control.live().length === 0, 20_000);
      stage.control.instances.get(id)!.status = 'ACTIVE';
      await tell(stage);
      await stage.until('and is back', () => running(stage).length === 1, 5_000);
    }));

  it('rolls out by stopping first, is deleted without force, and looks by itself now and then', () =>
    withStage(env, async (stage) => {
      for (let i = 0; i < 3; i += 1) await stage.addInstance();
      await create(stage);
      await stage.until('each has one', () => running(stage).length === 3);
      const { incarnation } = record(stage);
      const next = taskDefinition({ revision: 2 });
      await handle(stage).executeUpdate(updateServiceUpdate, {
        args: [{ incarnation, changes: {}, taskDefinition: next, forceNewDeployment: false }],
      });
      const isNew = () =>
        stage.control.live().filter((t) => t.revision === 2 && t.lastStatus === 'RUNNING').length === 3 &&
        stage.control.live().length === 3;
      await stage.until('all new', isNew);
      await stage.until('completed', () => record(stage).deployments.length === 1);

      const before = stage.control.looks.all;
      const quiet = await stage.addInstance();
      await stage.pass(6 * 60_000);
      expect(running(stage)).toContain(quiet);
      expect(stage.control.looks.all - before).toBeLessThan(6);

      await handle(stage).executeUpdate(deleteServiceUpdate, { args: [{ incarnation, force: false }] });
      await stage.until('gone', () => record(stage).status === 'INACTIVE');
      expect(stage.control.live()).toEqual([]);
    }));
});
