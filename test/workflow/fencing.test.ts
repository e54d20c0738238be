/**
 * The silence of an instance with fencing: an agent may have sent its last heartbeat a moment before it ended, and its lease lasts from
 * there. So the heartbeat timeout counts too where no heartbeat was missed.
 */
import { expect, it, vi } from 'vitest';
import { containerInstanceWorkflowId } from '../../model/workflow-ids.ts';
import { isConnected, registerInstance } from '../support/register-instance.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { withStage, type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

/** Fake agents send no heartbeats: the time is longer than anything else here takes. */
const HEARTBEAT_TIMEOUT_MS = 3_600_000;
const LOST_AFTER_MS = 60_000;

async function joined(stage: Stage, fencing: boolean): Promise<string> {
  stage.control.policy = { heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS, giveUpAfterMs: LOST_AFTER_MS, fencing };
  const id = await stage.addInstance({ agentConnected: false });
  await registerInstance(stage, id, 'session-1');
  await stage.until('connected', () => isConnected(stage, id));
  return id;
}

/** The first steps of the silences that the workflow has counted, in milliseconds. */
async function silences(stage: Stage, id: string): Promise<number[]> {
  const { events } = await stage.client.getHandle(containerInstanceWorkflowId(stage.cluster, id)).fetchHistory();
  const timers = (events ?? []).map((event) => event.timerStartedEventAttributes?.startToFireTimeout);
  return timers.flatMap((time) => (time ? [Number(time.seconds) * 1000 + (time.nanos ?? 0) / 1e6] : []));
}

it.each([
  { fencing: true, steps: (HEARTBEAT_TIMEOUT_MS + LOST_AFTER_MS) / 6 },
  { fencing: false, steps: LOST_AFTER_MS / 6 },
])(
  'before an agent is heard, and after it has ended, silence is counted in six steps of $steps ms with fencing $fencing',
  ({ fencing, steps }) =>
    withStage(env, async (stage) => {
      const id = await joined(stage, fencing);
      expect(stage.host.attended.at(-1)?.fencing).toEqual(fencing ? { lostAfterMs: LOST_AFTER_MS } : undefined);
      stage.killAgent(id);
      await stage.until('disconnected', () => !isConnected(stage, id));
      await vi.waitFor(async () => expect((await silences(stage, id)).slice(0, 2)).toEqual([steps, steps]));
    }),
);
