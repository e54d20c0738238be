/** The account's log mode on its way from the reservation to the agent. */
import { expect, it } from 'vitest';
import { runTaskWorkflowId } from '../../model/workflow-ids.ts';
import { capacityChangedSignal } from '../../workflows/messages.ts';
import { createCommand, runTaskCommand } from '../support/commands.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { type Stage, withStage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const ALICE = 'arn:aws:iam::123456789012:user/alice';
const byAlice = { kind: 'call', operation: 'RunTask', requestId: 'r', principalArn: ALICE } as const;

/** Alice's tasks may be blocked by their logs, nobody else's. */
const forAlice = (stage: Stage): void => {
  stage.control.logDriverMode = (principal) => (principal === 'user/alice' ? 'blocking' : undefined);
};
const launchedModes = (stage: Stage) => stage.host.launched.map(({ task }) => task.logDriverMode);

it('a RunTask call has the mode of its caller', () =>
  withStage(env, async (stage) => {
    forAlice(stage);
    await stage.addInstance();
    await stage.runTask('t1', runTaskCommand(stage.cluster, { cause: byAlice }));
    await stage.runTask('t2', runTaskCommand(stage.cluster));
    await stage.until('both are launched', () => stage.host.launched.length === 2);
    expect(launchedModes(stage)).toEqual(['blocking', undefined]);
  }));

it('a service has the mode of its creator', () =>
  withStage(env, async (stage) => {
    forAlice(stage);
    await stage.addInstance();
    await stage.createService({ ...createCommand(stage.cluster, { desiredCount: 1 }), createdBy: ALICE });
    await stage.until('it is launched', () => stage.host.launched.length === 1);
    expect(launchedModes(stage)).toEqual(['blocking']);
  }));

it('a task that waits gets its mode with its instance', () =>
  withStage(env, async (stage) => {
    const capacityProviderStrategy = [{ capacityProvider: 'pool', weight: 1, base: 0 }];
    await stage.runTask('t3', runTaskCommand(stage.cluster, { cause: byAlice, capacityProviderStrategy }));
    forAlice(stage);
    await stage.addInstance({ capacityProvider: 'pool' });
    await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't3')).signal(capacityChangedSignal);
    await stage.until('it is launched', () => stage.host.launched.length === 1);
    expect(launchedModes(stage)).toEqual(['blocking']);
  }));
