/** Heartbeats whose answers an agent sees, through the door and directly, on a real Temporal. */
import { afterAll, expect, it, vi } from 'vitest';
import { connectDirect } from '../../../agent/direct.ts';
import type { ControlPlane } from '../../../agent/control-plane.ts';
import { DoorHeartbeats } from '../../../agent/identity/door-heartbeat.ts';
import { AGENT_NAMESPACE } from '../../../model/agent-calls.ts';
import { instanceTaskQueue } from '../../../model/container-instance.ts';
import { layCable } from '../../support/cable.ts';
import { type TestAgent, withDoorStage } from '../../support/door-stage.ts';
import { order, type Order } from './orders.ts';

const stage = withDoorStage();
const PATIENCE_MS = 20_000;
const undo: (() => unknown)[] = [];
afterAll(async () => {
  for (const step of undo) await step();
});

type Send = ControlPlane['heartbeat'];

/** An order that the agent has taken up, with the token of the door. */
async function taken(agent: TestAgent): Promise<{ attend: Order; taskToken: Uint8Array }> {
  const attend = await order(stage().temporal, agent.containerInstanceId, 'attendInstance');
  const { taskToken } = await agent.temporal<{ taskToken: Uint8Array }>('PollActivityTaskQueue', {
    namespace: AGENT_NAMESPACE,
    taskQueue: { name: instanceTaskQueue(agent.containerInstanceId) },
  });
  return { attend, taskToken };
}

function throughDoor(agent: TestAgent, address = stage().address): Send {
  const heartbeats = new DoorHeartbeats(() => ({ address, ...agent.tls }));
  undo.push(() => heartbeats.close());
  return (taskToken, timeoutMs) => heartbeats.send(taskToken, timeoutMs);
}

it('through the door is confirmed, until Temporal wants the watch to end', async () => {
  const agent = await stage().join();
  const { attend, taskToken } = await taken(agent);
  const send = throughDoor(agent);
  expect(await send(taskToken, PATIENCE_MS)).toBe('confirmed');
  await attend.cancel();
  expect(await send(taskToken, PATIENCE_MS)).toBe('ended');
});

it('through the door says that another agent’s watch is none of its own', async () => {
  const { taskToken } = await taken(await stage().join());
  expect(await throughDoor(await stage().join())(taskToken, PATIENCE_MS)).toBe('ended');
});

it('through the door is not confirmed while the cable is cut, and is again over a new connection', async () => {
  const agent = await stage().join();
  const { taskToken } = await taken(agent);
  const cable = await layCable(Number(stage().address.split(':')[1]));
  undo.push(() => cable.close());
  const send = throughDoor(agent, `127.0.0.1:${cable.port}`);
  expect(await send(taskToken, PATIENCE_MS)).toBe('confirmed');
  cable.cut();
  await expect(send(taskToken, 300)).rejects.toThrow();
  cable.mend();
  await vi.waitFor(async () => expect(await send(taskToken, 2_000)).toBe('confirmed'), PATIENCE_MS);
});

it('directly is confirmed, until Temporal wants the watch to end', async () => {
  const { temporal } = stage();
  const { address } = temporal.connection.options;
  const direct = await connectDirect({ address, namespace: 'default' });
  undo.push(() => direct.close());
  const attend = await order(temporal, 'beside', 'attendInstance');
  const taskQueue = { name: instanceTaskQueue('beside') };
  const { taskToken } = await temporal.withDeadline(Date.now() + PATIENCE_MS, () =>
    temporal.connection.workflowService.pollActivityTaskQueue({ namespace: 'default', taskQueue }),
  );
  expect(await direct.heartbeat(taskToken, PATIENCE_MS)).toBe('confirmed');
  await attend.cancel();
  expect(await direct.heartbeat(taskToken, PATIENCE_MS)).toBe('ended');
  await expect(direct.heartbeat(Buffer.from('none'), PATIENCE_MS)).rejects.toThrow();
});
