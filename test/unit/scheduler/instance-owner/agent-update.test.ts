/** The update of an instance's agent: what each input does to it. */
import { describe, expect, it } from 'vitest';
import { aRegistration } from '../../../../fixtures/records.ts';
import type { AgentUpdateStatus } from '../../../../model/agent-update.ts';
import type { InstanceRegistration } from '../../../../model/container-instance.ts';
import type { Given } from '../../../../scheduler/owner/effects.ts';
import type { AgentUpdateInput, InstanceEffect, InstanceInput } from '../../../../scheduler/instance-owner/inputs.ts';
import { reduce } from '../../../../scheduler/instance-owner/reduce.ts';
import {
  carriedState,
  newInstance,
  resumedInstance,
  type InstanceState,
} from '../../../../scheduler/instance-owner/state.ts';

const given: Given = { now: 1_000, newId: () => 'id', random: () => 0.5 };
const OLD = { version: '1.0.0', hash: 'a1' };
const NEW = { version: '1.1.0', hash: 'b2' };
const OTHER = { version: '1.2.0', hash: 'c3' };

const connected = (changes: Partial<InstanceState> = {}): InstanceState => ({
  ...newInstance('i1'),
  status: 'ACTIVE',
  registeredAt: 1,
  recordVersion: 1,
  sessionId: 's1',
  toldOfSession: 's1',
  agentConnected: true,
  heard: true,
  agentBuild: OLD,
  ...changes,
});
const updating = (status: AgentUpdateStatus, changes: Partial<InstanceState> = {}, interruptions = 0): InstanceState =>
  connected({ agentUpdate: { target: NEW, status, interruptions }, ...changes });
const silent = { agentConnected: false, heard: false } as const;

const ask: InstanceInput = { kind: 'updateAgent', command: { target: NEW } };
const goes = (outcome: AgentUpdateInput['outcome'], target = NEW): InstanceInput => ({
  kind: 'agentUpdate',
  target,
  outcome,
});
const registers = (build: typeof OLD, more: Partial<InstanceRegistration> = {}): InstanceInput => ({
  kind: 'register',
  registration: aRegistration({ sessionId: 's2', agentVersion: build.version, agentHash: build.hash, ...more }),
});
const attends = (sessionId = 's1'): InstanceInput => ({ kind: 'attends', sessionId });

/** What an effect does to the update; undefined if nothing. */
function line(effect: InstanceEffect): string | undefined {
  if (effect.kind === 'stageAgent' || effect.kind === 'switchAgent') return `${effect.kind} ${effect.target.version}`;
  if (effect.kind !== 'record' || effect.changes.agentUpdateStatus === undefined) return undefined;
  const failure = effect.decision.changes?.['failure']?.[1];
  return `record ${effect.changes.agentUpdateStatus}${failure === undefined ? '' : `: ${failure}`}`;
}

interface Row {
  readonly when: string;
  readonly before: InstanceState;
  readonly input: InstanceInput;
  readonly does: readonly string[];
  readonly becomes?: AgentUpdateStatus | undefined;
}

const broke = { failedUpdate: { build: NEW, reason: 'It broke.' } };

it.each<Row>([
  {
    when: 'a call asks, and the agent is there',
    before: connected(),
    input: ask,
    does: ['record PENDING', 'record STAGING', 'stageAgent 1.1.0'],
    becomes: 'STAGING',
  },
  {
    when: 'a call asks, and the agent is away',
    before: connected(silent),
    input: ask,
    does: ['record PENDING'],
    becomes: 'PENDING',
  },
  {
    when: 'a call asks again after a failure',
    before: updating('FAILED'),
    input: ask,
    does: ['record PENDING', 'record STAGING', 'stageAgent 1.1.0'],
    becomes: 'STAGING',
  },
  {
    when: 'the agent comes back of which it was asked',
    before: updating('PENDING', silent),
    input: attends(),
    does: ['record STAGING', 'stageAgent 1.1.0'],
    becomes: 'STAGING',
  },
  {
    when: 'the agent has the build',
    before: updating('STAGING'),
    input: goes({ kind: 'staged' }),
    does: ['record STAGED', 'switchAgent 1.1.0'],
    becomes: 'STAGED',
  },
  {
    when: 'the agent ends for it',
    before: updating('STAGED'),
    input: goes({ kind: 'switches' }),
    does: ['record UPDATING'],
    becomes: 'UPDATING',
  },
  {
    when: 'the new agent registers',
    before: updating('UPDATING', silent),
    input: registers(NEW),
    does: [],
    becomes: 'UPDATING',
  },
  {
    when: 'the new agent takes work',
    before: updating('UPDATING', { ...silent, agentBuild: NEW, sessionId: 's2' }),
    input: attends('s2'),
    does: ['record UPDATED'],
    becomes: 'UPDATED',
  },
  {
    when: 'somebody installed the build meanwhile',
    before: updating('STAGING', { agentBuild: NEW, sessionId: 's2' }),
    input: attends('s2'),
    does: ['record UPDATED'],
    becomes: 'UPDATED',
  },
  {
    when: 'the host cannot have the build',
    before: updating('STAGING'),
    input: goes({ kind: 'failed', reason: 'No room.' }),
    does: ['record FAILED: No room.'],
    becomes: 'FAILED',
  },
  {
    when: 'the old agent is back and says why',
    before: updating('UPDATING', silent),
    input: registers(OLD, broke),
    does: ['record FAILED: It broke.'],
    becomes: 'FAILED',
  },
  {
    when: 'an agent is back from another update',
    before: updating('UPDATING', silent),
    input: registers(OLD, { failedUpdate: { build: OTHER, reason: 'x' } }),
    does: ['record PENDING'],
    becomes: 'PENDING',
  },
  {
    when: 'the old agent is back without a word',
    before: updating('STAGING', silent),
    input: registers(OLD),
    does: ['record PENDING'],
    becomes: 'PENDING',
  },
  {
    when: 'the old agent is back too often',
    before: updating('UPDATING', silent, 3),
    input: registers(OLD),
    does: [expect.stringMatching(/^record FAILED: The agent ended/) as string],
    becomes: 'FAILED',
  },
  {
    when: 'the agent was only not heard',
    before: updating('STAGING', silent),
    input: attends(),
    does: [],
    becomes: 'STAGING',
  },
  {
    when: 'another session of the agent begins',
    before: updating('STAGING', { toldOfSession: 's0' }),
    input: attends(),
    does: ['record STAGING', 'stageAgent 1.1.0'],
    becomes: 'STAGING',
  },
  {
    when: 'the work on it is lost, and the agent is there',
    before: updating('STAGING'),
    input: goes({ kind: 'lost' }),
    does: ['record STAGING', 'stageAgent 1.1.0'],
    becomes: 'STAGING',
  },
  {
    when: 'the work on it is lost with the agent',
    before: updating('STAGING', silent),
    input: goes({ kind: 'lost' }),
    does: ['record PENDING'],
    becomes: 'PENDING',
  },
  {
    when: 'the work on it is lost too often',
    before: updating('STAGING', silent, 3),
    input: goes({ kind: 'lost' }),
    does: [expect.stringMatching(/^record FAILED/) as string],
    becomes: 'FAILED',
  },
  {
    when: 'no agent comes back from it',
    before: updating('UPDATING', silent),
    input: { kind: 'silentForTooLong' },
    does: [expect.stringMatching(/^record FAILED: The agent ended for its new version/) as string],
    becomes: 'FAILED',
  },
  {
    when: 'the new agent registers after its instance was given up, and is not heard either',
    before: updating('UPDATING', { ...silent, givenUp: true, sessionId: 's2' }),
    input: { kind: 'silentForTooLong' },
    does: [expect.stringMatching(/^record FAILED/) as string],
    becomes: 'FAILED',
  },
  {
    when: 'the instance is given up while the host fetches the build',
    before: updating('STAGING', silent),
    input: { kind: 'silentForTooLong' },
    does: [],
    becomes: 'STAGING',
  },
  {
    when: 'the new agent is heard in time',
    before: updating('UPDATING'),
    input: { kind: 'silentForTooLong' },
    does: [],
    becomes: 'UPDATING',
  },
  {
    when: 'news come of another build',
    before: updating('STAGING'),
    input: goes({ kind: 'staged' }, OTHER),
    does: [],
    becomes: 'STAGING',
  },
  {
    when: 'news come after its end',
    before: updating('FAILED'),
    input: goes({ kind: 'staged' }),
    does: [],
    becomes: 'FAILED',
  },
  {
    when: 'news of the staging come late',
    before: updating('UPDATING'),
    input: goes({ kind: 'staged' }),
    does: [],
    becomes: 'UPDATING',
  },
  {
    when: 'the instance was deregistered meanwhile',
    before: updating('STAGING', { ended: true }),
    input: goes({ kind: 'staged' }),
    does: [],
    becomes: 'STAGING',
  },
  { when: 'no update was asked for', before: connected(), input: attends(), does: [], becomes: undefined },
])('when $when', ({ before, input, does, becomes }) => {
  const { state, effects } = reduce(before, input, given);
  expect(effects.flatMap((effect) => line(effect) ?? [])).toEqual(does);
  expect(state.agentUpdate?.status).toBe(becomes);
});

it('ends an update that an agent gives back each time, though the agent is there', () => {
  let state = updating('STAGING');
  const writes: number[] = [];
  for (let i = 0; i < 6; i++) {
    const next = reduce(state, goes({ kind: 'lost' }), given);
    writes.push(next.effects.length);
    state = next.state;
  }
  expect(writes).toEqual([2, 2, 2, 1, 0, 0]);
  expect(state.agentUpdate?.status).toBe('FAILED');
});

it('counts an orderly end of the agent as one interruption', () => {
  let state = updating('STAGING');
  const statuses: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    for (const input of [goes({ kind: 'lost' }), registers(OLD), attends('s2')])
      state = { ...reduce(state, input, given).state, sessionId: 's2' };
    statuses.push(state.agentUpdate?.status);
  }
  expect(statuses).toEqual(['STAGING', 'STAGING', 'STAGING', 'FAILED']);
});

describe('a call is refused', () => {
  it.each<AgentUpdateStatus>(['PENDING', 'STAGING', 'STAGED', 'UPDATING'])('while an update is %s', (status) => {
    expect(() => reduce(updating(status), ask, given)).toThrow(
      expect.objectContaining({ code: 'UpdateInProgressException' }) as Error,
    );
  });

  it('of an instance that was deregistered', () => {
    expect(() => reduce(connected({ ended: true }), ask, given)).toThrow(
      expect.objectContaining({ code: 'InvalidParameterException' }) as Error,
    );
  });
});

it.each([
  ['STAGING', ['stageAgent 1.1.0']],
  ['STAGED', ['switchAgent 1.1.0']],
  ['PENDING', []],
  ['UPDATING', []],
  ['UPDATED', []],
] as const)('a next run of the workflow goes on with an update that is %s', (status, does) => {
  const next = resumedInstance('i1', carriedState(updating(status)));
  const { state, effects } = reduce(next, { kind: 'resume' }, given);
  expect(effects.flatMap((effect) => line(effect) ?? [])).toEqual(does);
  expect(state.agentUpdate?.status).toBe(status);
});
