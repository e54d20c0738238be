/** Whether an agent may still reconnect after the control plane was away. */
import { expect, it } from 'vitest';
import { expectsAgents } from '../../../activities/control/returning-agents.ts';
import { aSnapshot, anInstance } from '../../../fixtures/capacity.ts';

const returning = { instanceIds: new Set(['back']), until: 100 };
const away = { agentConnected: false };

it.each([
  ['one that was connected, in time', [anInstance('back', away)], 99, true],
  ['one that was connected, too late', [anInstance('back', away)], 100, false],
  ['one that was not connected before', [anInstance('long-gone', away)], 99, false],
  ['one that has connected again', [anInstance('back')], 99, false],
])('%s', (_, rows, now, expected) => {
  expect(expectsAgents(aSnapshot(rows), returning, now)).toBe(expected);
});

it('expects no agent of an instance that takes no tasks', () => {
  const snapshot = aSnapshot([anInstance('back', away)], { status: ['DRAINING'] });
  expect(expectsAgents(snapshot, returning, 0)).toBe(false);
});
