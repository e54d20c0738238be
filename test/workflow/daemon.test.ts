/** DAEMON services under skipped time: the real workflow, a fake store, fake hosts. */
import { describe, expect, it } from 'vitest';
import { serviceWorkflowId } from '../../model/workflow-ids.ts';
import { deleteServiceUpdate, updateServiceUpdate } from '../../workflows/messages.ts';
import { createCommand, taskDefinition } from '../support/commands.ts';
import { createDaemon, daemonHandle, daemonRecord, daemonsRun, tellDaemon } from '../support/daemon-stage.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

describe('a DAEMON service', () => {
  it('answers with its desired count, runs one task on each instance, and is steady', () =>
    withStage(env, async (stage) => {
      const ids = [await stage.addInstance(), await stage.addInstance(), await stage.addInstance()];
      await createDaemon(stage);
      expect(daemonRecord(stage).definition.desiredCount).toBe(3);
      await stage.until('each has one', () => daemonsRun(stage).length === 3);
      expect(daemonsRun(stage)).toEqual([...ids].sort());
      await stage.until('steady', () => stage.control.messages().some((m) => m.endsWith('reached a steady state.')));
      expect(daemonRecord(stage).deployments).toMatchObject([
        { rolloutState: 'COMPLETED', desiredCount: 3, runningCount: 3 },
      ]);
    }));

  it('leaves a DRAINING instance after the tasks of REPLICA services', () =>
    withStage(env, async (stage) => {
      const id = await stage.addInstance();
      await createDaemon(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      await stage.until('both run', () => stage.control.live().filter((t) => t.lastStatus === 'RUNNING').length === 2);
      stage.control.instances.get(id)!.status = 'DRAINING';
      await tellDaemon(stage);
      await stage.pass(60_000);
      expect(daemonsRun(stage)).toEqual([id]);
      expect(daemonRecord(stage)).toMatchObject({ waitingForCapacity: true, definition: { desiredCount: 0 } });
      const web = stage.client.getHandle(serviceWorkflowId(stage.cluster, 'web'));
      const { incarnation } = stage.control.services.get('web')!;
      await web.executeUpdate(deleteServiceUpdate, { args: [{ incarnation, force: true }] });
      await stage.until('it goes, too', () => stage.control.live().length === 0, 60_000);
      stage.control.instances.get(id)!.status = 'ACTIVE';
      await tellDaemon(stage);
      await stage.until('and is back', () => daemonsRun(stage).length === 1, 60_000);
    }));

  it('stops tasks first when it rolls out, is deleted without force, and looks by itself now and then', () =>
    withStage(env, async (stage) => {
      for (let i = 0; i < 3; i += 1) await stage.addInstance();
      await createDaemon(stage);
      await stage.until('each has one', () => daemonsRun(stage).length === 3);
      const { incarnation } = daemonRecord(stage);
      const next = taskDefinition({ revision: 2 });
      await daemonHandle(stage).executeUpdate(updateServiceUpdate, {
        args: [{ incarnation, changes: {}, taskDefinition: next, forceNewDeployment: false }],
      });
      const isNew = () =>
        stage.control.live().filter((t) => t.revision === 2 && t.lastStatus === 'RUNNING').length === 3 &&
        stage.control.live().length === 3;
      await stage.until('all new', isNew);
      await stage.until('completed', () => daemonRecord(stage).deployments.length === 1);

      const before = stage.control.looks.all;
      const quiet = await stage.addInstance();
      await stage.pass(6 * 60_000);
      expect(daemonsRun(stage)).toContain(quiet);
      expect(stage.control.looks.all - before).toBeLessThan(6);

      await daemonHandle(stage).executeUpdate(deleteServiceUpdate, { args: [{ incarnation, force: false }] });
      await stage.until('gone', () => daemonRecord(stage).status === 'INACTIVE');
      expect(stage.control.live()).toEqual([]);
    }));
});
