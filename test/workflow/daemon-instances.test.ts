/**
 * DAEMON services and instances that come and change. This file has its own server, because what it leaves behind keeps
 * the clock from skipping.
 */
import { describe, expect, it } from 'vitest';
import { createDaemon, daemonRecord, daemonsRun, tellDaemon } from '../support/daemon-stage.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

/** Room for a busy machine; without news the service would look minutes later. */
const SOON_MS = 20_000;

describe('a DAEMON service', () => {
  it('follows the instances: new, changed, without room, lost', () =>
    withStage(env, async (stage) => {
      const rack = [{ type: 'memberOf' as const, expression: 'attribute:rack == a' }];
      const first = await stage.addInstance({ attributes: { rack: 'a' } });
      await createDaemon(stage, { placementConstraints: rack });
      await stage.until('the first', () => daemonsRun(stage).length === 1);
      const full = await stage.addInstance({ attributes: { rack: 'a' }, memoryMiB: 64 });
      const other = await stage.addInstance({ attributes: { rack: 'b' } });
      const second = await stage.addInstance({ attributes: { rack: 'a' } });
      await tellDaemon(stage);
      await stage.until('the new one at once, though another is full', () => daemonsRun(stage).length === 2, SOON_MS);
      expect(daemonsRun(stage)).toEqual([first, second].sort());
      expect(daemonRecord(stage)).toMatchObject({ definition: { desiredCount: 3 }, waitingForCapacity: true });
      expect(daemonRecord(stage).daemonClaim?.instanceIds).toEqual([full]);
      expect(stage.control.messages().join()).toContain(`(container-instance ${full}) has insufficient memory`);

      stage.control.instances.get(first)!.attributes['rack'] = 'b';
      stage.control.instances.get(other)!.attributes['rack'] = 'a';
      await tellDaemon(stage);
      await stage.until('it moved', () => daemonsRun(stage).join() === [other, second].sort().join(), SOON_MS);
      expect(stage.control.messages().join()).toContain('no longer meet the placement constraints');
    }));
});
