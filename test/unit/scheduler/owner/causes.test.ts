/** What an owner remembers of what it heard. */
import { describe, expect, it } from 'vitest';
import type { CallCause, DecisionCause } from '../../../../model/decision.ts';
import { withCause } from '../../../../scheduler/owner/causes.ts';

const call = (requestId: string): CallCause => ({
  kind: 'call',
  operation: 'UpdateService',
  requestId,
  principalArn: 'arn:aws:iam::123456789012:root',
});
const report = (tasks: number, ...taskIds: string[]): DecisionCause => ({ kind: 'report', tasks, taskIds });
const notice = (containerInstanceId: string, kind = 'draining'): DecisionCause => ({
  kind: 'notice',
  notice: kind,
  containerInstanceId,
});
const TIME: DecisionCause = { kind: 'time' };
const CAPACITY: DecisionCause = { kind: 'capacity' };

/** All of them heard, one after the other. */
const heard = (...causes: readonly DecisionCause[]): readonly DecisionCause[] =>
  causes.reduce<readonly DecisionCause[]>((before, cause) => withCause(before, cause), []);

describe('withCause', () => {
  it.each<[string, readonly DecisionCause[], readonly DecisionCause[]]>([
    ['one cause', [TIME], [TIME]],
    ['the same again', [TIME, TIME], [TIME]],
    ['two kinds, in their order', [TIME, CAPACITY], [TIME, CAPACITY]],
    ['a repeat goes to the end', [TIME, CAPACITY, TIME], [CAPACITY, TIME]],
    ['a call comes first', [TIME, call('1')], [call('1'), TIME]],
    ['the latest call comes first', [call('1'), call('2')], [call('2'), call('1')]],
    ['the same call twice', [call('1'), call('2'), call('1')], [call('1'), call('2')]],
    ['the latest three calls', [call('1'), call('2'), call('3'), call('4')], [call('4'), call('3'), call('2')]],
    [
      'the latest three notices, the last one last',
      [notice('1'), notice('2'), notice('3'), notice('4')],
      [notice('2'), notice('3'), notice('4')],
    ],
    ['two notices of an instance', [notice('1'), notice('1', 'lost')], [notice('1'), notice('1', 'lost')]],
    ['the same notice twice', [notice('1'), notice('2'), notice('1')], [notice('2'), notice('1')]],
    [
      'calls do not push notices out',
      [notice('1'), call('1'), call('2'), call('3')],
      [call('3'), call('2'), call('1'), notice('1')],
    ],
    ['reports become one', [report(1, 'a'), report(2, 'b', 'c')], [report(3, 'a', 'b', 'c')]],
    ['reports on the same task name it once', [report(1, 'a'), report(1, 'a')], [report(2, 'a')]],
    [
      'reports name the first five tasks, and count all',
      [report(4, 'a', 'b', 'c', 'd'), report(3, 'e', 'f', 'g')],
      [report(7, 'a', 'b', 'c', 'd', 'e')],
    ],
    ['a report comes after what was heard before', [report(1, 'a'), TIME, report(1, 'b')], [TIME, report(2, 'a', 'b')]],
    ['a call comes before reports', [report(1, 'a'), call('1')], [call('1'), report(1, 'a')]],
  ])('%s', (_name, causes, expected) => {
    expect(heard(...causes)).toEqual(expected);
  });

  it('stays short, however much is heard', () => {
    const much = Array.from({ length: 500 }, (_, i) => [
      call(`${i}`),
      notice(`${i}`),
      report(1, `${i}`),
      TIME,
      CAPACITY,
    ]);
    const left = heard(...much.flat());
    expect(left).toHaveLength(3 + 3 + 1 + 1 + 1);
    expect(left.find(({ kind }) => kind === 'report')).toEqual(report(500, '0', '1', '2', '3', '4'));
  });

  it('leaves the list that it was given as it is', () => {
    const before = [TIME];
    withCause(before, CAPACITY);
    expect(before).toEqual([TIME]);
  });
});
