/** The activities of an update: what the control plane learns when the agent cannot carry them out. */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { expect, it } from 'vitest';
import { type AgentUpdateOrders, createUpdateActivities } from '../../../activities/host/update.ts';
import { AGENT_ENDED } from '../../../model/agent-update.ts';

const quiet = (): MockActivityEnvironment => new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
const target = { version: '1.1.0', hash: 'b2' };
const refuses = (error: Error): AgentUpdateOrders => ({
  stage: () => Promise.reject(error),
  switch: () => {
    throw error;
  },
});

it.each(['stageAgent', 'switchAgent'] as const)('%s says for good why it cannot', async (name) => {
  const activities = createUpdateActivities(refuses(new Error('No room.')));
  const carryOut = (order: { target: typeof target }): Promise<void> => activities[name](order);
  await expect(quiet().run(carryOut, { target })).rejects.toMatchObject({
    message: 'No room.',
    nonRetryable: true,
  });
});

it('stageAgent of an agent that ends is no failure of the update', async () => {
  const activities = createUpdateActivities(refuses(new DOMException('This operation was aborted', 'AbortError')));
  const staged = quiet().run((order: { target: typeof target }) => activities.stageAgent(order), { target });
  await expect(staged).rejects.toMatchObject({ type: AGENT_ENDED });
});

it('stageAgent that is cancelled ends, and the agent goes on', async () => {
  const environment = quiet();
  const activities = createUpdateActivities({ stage: () => new Promise(() => undefined), switch: () => undefined });
  const staged = environment.run((order: { target: typeof target }) => activities.stageAgent(order), { target });
  environment.cancel();
  await expect(staged).rejects.toMatchObject({ name: 'CancelledFailure' });
});
