/** DAEMON services and instances that come and change. On a server of its own: what it leaves behind keeps the clock from skipping. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ServiceDefinition } from '../../model/service.ts';
import { instancesChangedSignal, serviceWorkflowId } from '../../workflows/messages.ts';
import { createCommand } from '../support/commands.ts';
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
const create = (stage: Stage, changes: Partial<ServiceDefinition> = {}) =>
  stage.createService(createCommand(stage.cluster, { ...DAEMON, ...changes }));
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
  it('follows the instances: new, changed, without room, lost', () =>
    withStage(env, async (stage) => {
      const rack = [{ type: 'memberOf' as const, expression: 'attribute:rack == a' }];
      const first = await stage.addInstance({ attributes: { rack: 'a' } });
      await create(stage, { placementConstraints: rack });
      await stage.until('the first', () => running(stage).length === 1);
      const full = await stage.addInstance({ attributes: { rack: 'a' }, memoryMiB: 64 });
      const other = await stage.addInstance({ attributes: { rack: 'b' } });
      const second = await stage.addInstance({ attributes: { rack: 'a' } });
      await tell(stage);
      await stage.until('the new one at once, though another is full', () => running(stage).length === 2, 1_000);
      expect(running(stage)).toEqual([first, second].sort());
      expect(record(stage)).toMatchObject({ definition: { desiredCount: 3 }, waitingForCapacity: true });
      expect(record(stage).daemonClaim?.instanceIds).toEqual([full]);
      expect(stage.control.messages().join()).toContain(`(container-instance ${full}) has insufficient memory`);

      stage.control.instances.get(first)!.attributes['rack'] = 'b';
      stage.control.instances.get(other)!.attributes['rack'] = 'a';
      await tell(stage);
      await stage.until('it moved', () => running(stage).join() === [other, second].sort().join(), 5_000);
      expect(stage.control.messages().join()).toContain('no longer meet the placement constraints');
    }));
});
