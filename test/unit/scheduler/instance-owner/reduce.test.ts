/** The reducer of a container instance: what each input leaves behind, and what is done about it. */
import { describe, expect, it } from 'vitest';
import type { CallCause } from '../../../../model/decision.ts';
import type { EcsError } from '../../../../model/errors.ts';
import type { Given } from '../../../../scheduler/owner/effects.ts';
import type { InstanceEffect, InstanceInput } from '../../../../scheduler/instance-owner/inputs.ts';
import { reduce, reduceSafely } from '../../../../scheduler/instance-owner/reduce.ts';
import {
  carriedState,
  newInstance,
  resumedInstance,
  type InstanceState,
} from '../../../../scheduler/instance-owner/state.ts';
import { aRegistration } from '../../../../fixtures/records.ts';
import { expectedTask } from '../../../support/expected-task.ts';

const NOW = 1_000_000;
const given: Given = { now: NOW, newId: () => 'id', random: () => 0.5 };
const cause: CallCause = { kind: 'call', operation: 'X', requestId: 'r', principalArn: 'p' };

const state = (changes: Partial<InstanceState> = {}): InstanceState => ({
  ...newInstance('i1'),
  status: 'ACTIVE',
  registeredAt: 1,
  recordVersion: 1,
  sessionId: 's1',
  ...changes,
});
const connected = (changes: Partial<InstanceState> = {}): InstanceState =>
  state({ agentConnected: true, heard: true, toldOfSession: 's1', ...changes });
const INTERRUPTED = { stopTasksAt: NOW + 5, interruptedBy: cause } as const;

/** An effect on one line: what it writes, whom it tells and of what. */
function line(effect: InstanceEffect): string {
  switch (effect.kind) {
    case 'record': {
      const { version: _version, registration, ...changes } = effect.changes;
      const what = [...Object.entries(changes).map(([name, value]) => `${name} ${value}`)];
      return `record ${[...what, ...(registration ? ['registration'] : [])].join(', ')}`;
    }
    case 'decision':
      return `decision ${effect.decision.reasons.map(({ reason }) => reason).join()}`;
    case 'notify':
      return `${effect.notice.kind} to ${effect.ownersBefore?.join() ?? 'all'}`;
    case 'watch':
      return `watch ${effect.sessionId}`;
    case 'interruptAt':
      return `interruptAt +${effect.at - NOW}`;
    default:
      return effect.kind;
  }
}

interface Row {
  readonly when: string;
  readonly before: InstanceState;
  readonly input: InstanceInput;
  readonly does: readonly string[];
  readonly leaves?: Partial<Record<keyof InstanceState, unknown>>;
}

const register = (sessionId = 's2', more: Partial<Extract<InstanceInput, { kind: 'register' }>> = {}) =>
  ({ kind: 'register', registration: aRegistration({ sessionId }), ...more }) as const;
const deregister = (force: boolean, ...owners: readonly string[]) =>
  ({ kind: 'deregister', command: { force }, tasks: owners.map((owner) => expectedTask(owner)) }) as const;
const setStatus = (status: 'ACTIVE' | 'DRAINING') => ({ kind: 'setStatus', command: { status, cause } }) as const;
const attends = (sessionId = 's1') => ({ kind: 'attends', sessionId }) as const;

describe('what an input does', () => {
  it.each<Row>([
    {
      when: 'it is registered for the first time',
      before: newInstance('i1'),
      input: register('s1'),
      does: [`record status ACTIVE, agentConnected false, registeredAt ${NOW}, registration`],
      leaves: { status: 'ACTIVE', registeredAt: NOW, sessionId: '' },
    },
    {
      when: 'it is registered again while the first registration is being written',
      before: reduce(newInstance('i1'), register('s1'), given).state,
      input: register('s2'),
      does: [`record status ACTIVE, agentConnected false, registeredAt ${NOW}, registration`],
    },
    {
      when: 'heartbeats stop while the connection is being written',
      before: reduce(state(), attends(), given).state,
      input: { kind: 'silent' },
      does: ['record agentConnected false'],
    },
    {
      when: 'its agent registers it again: no session is valid before the answer',
      before: connected({ status: 'DRAINING' }),
      input: register(),
      does: ['record status DRAINING, agentConnected false, registeredAt 1, registration'],
      leaves: { status: 'DRAINING', agentConnected: false, sessionId: '', registeredAt: 1 },
    },
    {
      when: 'the registration is recorded: the session begins',
      before: state({ sessionId: '' }),
      input: register('s2', { tasks: [] }),
      does: ['watch s2'],
      leaves: { sessionId: 's2', heard: false, ordersFrom: undefined },
    },
    {
      when: 'a call registers it without an agent: nobody is watched',
      before: state({ sessionId: '' }),
      input: register('', { tasks: [] }),
      does: [],
      leaves: { sessionId: '' },
    },
    {
      when: 'its agent registers after it was given up: earlier orders are void',
      before: state({ sessionId: '', givenUp: true }),
      input: register('s2', { tasks: [] }),
      does: ['watch s2'],
      leaves: { givenUp: true, ordersFrom: NOW },
    },
    {
      when: 'the agent attends',
      before: state({ givenUp: true }),
      input: attends(),
      does: ['heard', 'record agentConnected true', 'returned to all'],
      leaves: { agentConnected: true, heard: true, givenUp: false, toldOfSession: 's1' },
    },
    {
      when: 'the agent is heard again in a session that its owners know: they are not told',
      before: state({ toldOfSession: 's1' }),
      input: attends(),
      does: ['heard', 'record agentConnected true'],
      leaves: { agentConnected: true },
    },
    {
      when: 'the agent of another session attends',
      before: state(),
      input: attends('s0'),
      does: [],
      leaves: { agentConnected: false },
    },
    {
      when: 'an agent attends without a session',
      before: state({ sessionId: '' }),
      input: attends(''),
      does: [],
      leaves: { agentConnected: false },
    },
    {
      when: 'heartbeats stop',
      before: connected(),
      input: { kind: 'silent' },
      does: ['record agentConnected false'],
      leaves: { agentConnected: false, heard: false, sessionId: 's1' },
    },
    {
      when: 'heartbeats stop that never came',
      before: state(),
      input: { kind: 'silent' },
      does: [],
    },
    {
      when: 'it was silent for too long',
      before: state(),
      input: { kind: 'silentForTooLong' },
      does: ['decision givenUp', 'lost to all', 'awaitReturn'],
      leaves: { givenUp: true, sessionId: '' },
    },
    {
      when: 'it was silent for too long since the run began, and was connected before',
      before: connected({ heard: false }),
      input: { kind: 'silentForTooLong' },
      does: ['record agentConnected false', 'lost to all', 'awaitReturn'],
      leaves: { givenUp: true, agentConnected: false },
    },
    {
      when: 'the time of its silence is over just after it was heard',
      before: connected(),
      input: { kind: 'silentForTooLong' },
      does: [],
      leaves: { givenUp: false },
    },
    {
      when: 'it registered after it was given up, and was never heard: its owners know',
      before: state({ givenUp: true, sessionId: 's2' }),
      input: { kind: 'silentForTooLong' },
      does: ['awaitReturn'],
      leaves: { sessionId: '' },
    },
    {
      when: 'a call has it drain',
      before: connected(),
      input: setStatus('DRAINING'),
      does: ['record status DRAINING', 'draining to all'],
      leaves: { status: 'DRAINING', agentConnected: true },
    },
    {
      when: 'a call asks for the status that it has',
      before: connected({ status: 'DRAINING' }),
      input: setStatus('DRAINING'),
      does: [],
    },
    {
      when: 'a call makes it ACTIVE after a notice of a spot interruption',
      before: connected({ status: 'DRAINING', ...INTERRUPTED }),
      input: setStatus('ACTIVE'),
      does: ['callOffInterruption', 'record status ACTIVE', 'active to all'],
      leaves: { status: 'ACTIVE', stopTasksAt: undefined, interruptedBy: undefined },
    },
    {
      when: 'a notice of a spot interruption comes',
      before: connected(),
      input: { kind: 'interrupt', command: { cause } },
      does: [
        'interruptAt +90000',
        `record status DRAINING, statusReason Notice of a spot interruption was given., stopTasksAt ${NOW + 90_000}`,
        'draining to all',
      ],
      leaves: { status: 'DRAINING', stopTasksAt: NOW + 90_000, interruptedBy: cause },
    },
    {
      when: 'a second notice of a spot interruption comes',
      before: connected({ status: 'DRAINING', ...INTERRUPTED }),
      input: { kind: 'interrupt', command: {} },
      does: [],
      leaves: INTERRUPTED,
    },
    {
      when: 'the time after the notice is over',
      before: connected({ status: 'DRAINING', ...INTERRUPTED }),
      input: { kind: 'interruptionDue' },
      does: ['interrupted to all'],
    },
    {
      when: 'the time after a notice is over that was called off',
      before: connected(),
      input: { kind: 'interruptionDue' },
      does: [],
    },
    {
      when: 'a call deregisters it without tasks',
      before: connected(),
      input: deregister(false),
      does: ['record status INACTIVE, agentConnected false', 'lost to '],
      leaves: { status: 'INACTIVE', agentConnected: false, ended: true },
    },
    {
      when: 'a call deregisters it by force: each owner is told once',
      before: connected(),
      input: deregister(true, 'b', 'a', 'b'),
      does: ['record status INACTIVE, agentConnected false', 'lost to a,b'],
      leaves: { ended: true },
    },
    {
      when: 'a call deregisters it again',
      before: state({ status: 'INACTIVE', ended: true }),
      input: { kind: 'deregister', command: { force: true } },
      does: [],
    },
    {
      when: 'a run begins with a session and an interruption',
      before: connected({ heard: false, ...INTERRUPTED }),
      input: { kind: 'resume' },
      does: ['interruptAt +5', 'watch s1'],
    },
    {
      when: 'a run begins after the instance was given up',
      before: state({ givenUp: true, sessionId: '' }),
      input: { kind: 'resume' },
      does: ['awaitReturn'],
    },
    {
      when: 'a run begins of an instance without an agent',
      before: state({ sessionId: '' }),
      input: { kind: 'resume' },
      does: [],
    },
  ])('$when', ({ before, input, does, leaves = {} }) => {
    const reduced = reduce(before, input, given);
    expect(reduced.effects.map(line)).toEqual(does);
    for (const [member, value] of Object.entries(leaves))
      expect(reduced.state[member as keyof InstanceState], member).toEqual(value);
    if (does.length === 0 && input.kind !== 'register') expect(reduced.state).toEqual(before);
  });
});

describe('a call that needs the instance’s tasks', () => {
  it.each<InstanceInput>([register(), { kind: 'deregister', command: { force: false } }])('$kind', (input) => {
    expect(reduce(connected(), input, given).asksForTasks).toBe(true);
    expect(reduce(connected(), { ...input, tasks: [] } as InstanceInput, given).asksForTasks).toBe(undefined);
  });
});

describe('an agent that registers', () => {
  const tasks = [expectedTask('a')];
  const answer = (before: InstanceState) => reduce(before, register('s2', { tasks }), given).answer;

  it('is told what should run there', () => {
    expect(answer(state({ sessionId: '' }))).toEqual({ expectedTasks: tasks });
  });

  it('is told that nothing should after the instance was given up, and from when orders count', () => {
    expect(answer(state({ sessionId: '', givenUp: true }))).toEqual({ expectedTasks: [], ordersFrom: NOW });
  });

  it('is told of void orders in later sessions too', () => {
    expect(answer(state({ sessionId: '', ordersFrom: 7 }))).toEqual({ expectedTasks: tasks, ordersFrom: 7 });
  });
});

describe('a decision', () => {
  it.each<[string, InstanceState, InstanceInput, object]>([
    [
      'of a status has the call and the change',
      connected(),
      setStatus('DRAINING'),
      { reasons: [{ reason: 'statusSet', count: 1 }], causes: [cause], changes: { status: ['ACTIVE', 'DRAINING'] } },
    ],
    [
      'of a deregistration says whether it was forced',
      connected(),
      deregister(true),
      { reasons: [{ reason: 'deregistered', count: 1 }], causes: [], changes: { force: ['', 'true'] } },
    ],
    [
      'of silence has no cause',
      connected(),
      { kind: 'silent' },
      { reasons: [{ reason: 'silent', count: 1 }], causes: [] },
    ],
  ])('%s', (_what, before, input, decision) => {
    const [effect] = reduce(before, input, given).effects;
    expect(effect).toMatchObject({ decision: { containerInstanceIds: ['i1'], at: NOW, ...decision } });
  });
});

describe('a refused call', () => {
  const ended = state({ status: 'INACTIVE', ended: true });
  const notInService = {
    code: 'InvalidParameterException',
    message: 'The container instance is neither ACTIVE nor DRAINING.',
  };
  const stillRunning = { code: 'InvalidParameterException', message: 'Found running tasks on the instance.' };
  const registerAgain = {
    code: 'ClientException',
    message: 'The container instance was deregistered a moment ago. Register it again.',
  };
  it.each<[string, InstanceState, InstanceInput, { code: string; message: string }]>([
    ['a status of an instance that has ended', ended, setStatus('ACTIVE'), notInService],
    ['a spot notice before the registration', newInstance('i1'), { kind: 'interrupt', command: {} }, notInService],
    ['a deregistration while tasks run', connected(), deregister(false, 'a'), stillRunning],
    ['a registration of an instance that has ended', ended, register(), registerAgain],
    ['a registration whose instance ended meanwhile', ended, register('s2', { tasks: [] }), registerAgain],
  ])('%s', (_what, before, input, refusal) => {
    for (const attempt of [reduce, reduceSafely])
      expect(() => attempt(before, input, given)).toThrow(expect.objectContaining(refusal) as EcsError);
  });
});

describe('a change that the store refuses for good', () => {
  const refuse = (before: InstanceState, input: InstanceInput) => {
    const reduced = reduce(before, input, given);
    const record = reduced.effects.find((effect) => effect.kind === 'record')!;
    return reduce(reduced.state, { kind: 'refused', record }, given).state;
  };

  it('ends an instance that was never registered', () => {
    expect(refuse(newInstance('i1'), register('s1'))).toMatchObject({ status: 'REGISTERING', ended: true });
  });

  it('leaves the status that the row has', () => {
    expect(refuse(connected(), setStatus('DRAINING'))).toMatchObject({ status: 'ACTIVE', ended: false });
  });

  it('leaves an instance that it could not deregister in service', () => {
    expect(refuse(connected(), deregister(true))).toMatchObject({ status: 'ACTIVE', ended: false });
  });

  it('leaves the connection that the row has', () => {
    expect(refuse(state(), attends())).toMatchObject({ agentConnected: false });
  });

  it('does not take back what was decided since', () => {
    const drained = reduce(connected(), setStatus('DRAINING'), given);
    const silent = reduce(drained.state, { kind: 'silent' }, given);
    const record = drained.effects.find((effect) => effect.kind === 'record')!;
    const after = reduce(silent.state, { kind: 'refused', record }, given).state;
    expect(after).toMatchObject({ status: 'ACTIVE', agentConnected: false });
  });
});

describe('an exception that nobody foresaw', () => {
  it('discards the change, and says so on record and to the caller', () => {
    const before = connected();
    const input = { kind: 'deregister', command: { force: true }, tasks: [undefined] } as unknown as InstanceInput;
    const reduced = reduceSafely(before, input, given);
    if (!('error' in reduced)) throw new Error('the exception was not caught');
    expect(reduced.state).toBe(before);
    expect(reduced.effects).toMatchObject([
      {
        kind: 'decision',
        decision: {
          reasons: [{ reason: 'inputDiscarded', count: 1 }],
          containerInstanceIds: ['i1'],
          facts: { input: 'deregister', error: reduced.error.message },
        },
      },
    ]);
  });
});

describe('the state that the next run gets', () => {
  it('is plain JSON, and the run begins where this one ended', () => {
    const before = connected({ status: 'DRAINING', ordersFrom: 3, ...INTERRUPTED });
    const carried = carriedState(before);
    expect(JSON.parse(JSON.stringify(carried))).toEqual(carried);
    expect(resumedInstance('i1', carried)).toEqual({ ...before, heard: false });
  });
});
