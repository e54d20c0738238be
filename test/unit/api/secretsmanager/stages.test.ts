/** Staging labels: where they are after a version was added or a label was moved. */
import { describe, expect, it } from 'vitest';
import { withStageMoved, withVersion } from '../../../../api/secretsmanager/rules/stages.ts';
import type { SecretVersion } from '../../../../model/secrets/secret.ts';

const DAY_MS = 86_400_000;
const version = (id: string, ...stages: string[]): SecretVersion => ({ id, stages, createdAt: 0 });
const [CURRENT, PREVIOUS, PENDING] = ['AWSCURRENT', 'AWSPREVIOUS', 'AWSPENDING'] as const;
const shown = (versions: readonly SecretVersion[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(versions.map(({ id, stages }) => [id, stages.toSorted()]));

describe('a version that is added', () => {
  it.each<[string, readonly SecretVersion[], readonly string[] | undefined, object]>([
    ['first', [], undefined, { new: [CURRENT] }],
    ['first, with a label of its own', [], [PENDING], { new: [CURRENT, PENDING].toSorted() }],
    ['second', [version('a', CURRENT)], undefined, { a: [PREVIOUS], new: [CURRENT] }],
    ['third', [version('a', PREVIOUS), version('b', CURRENT)], undefined, { a: [], b: [PREVIOUS], new: [CURRENT] }],
    ['pending', [version('a', CURRENT)], [PENDING], { a: [CURRENT], new: [PENDING] }],
    [
      'pending again',
      [version('a', CURRENT), version('b', PENDING)],
      [PENDING],
      { a: [CURRENT], b: [], new: [PENDING] },
    ],
    [
      'both current and previous',
      [version('a', CURRENT), version('b', PREVIOUS)],
      [PREVIOUS, CURRENT],
      { a: [PREVIOUS], b: [], new: [CURRENT] },
    ],
    ['labelled twice the same', [version('a', CURRENT)], ['blue', 'blue'], { a: [CURRENT], new: ['blue'] }],
  ])('%s', (_what, before, stages, after) => {
    expect(shown(withVersion(before, { id: 'new', ...(stages && { stages }) }, 0))).toEqual(after);
  });

  const old = Array.from({ length: 99 }, (_, i) => version(`old-${i}`));

  it('takes the place of the oldest without a label that is a day old', () => {
    const before = [version('labelled', 'blue'), ...old, version('current', CURRENT)];
    const after = withVersion(before, { id: 'new' }, DAY_MS + 1);
    expect(after).toHaveLength(100);
    expect(after.map(({ id }) => id)).toEqual(['labelled', ...old.slice(2).map(({ id }) => id), 'current', 'new']);
  });

  it('is refused while a hundred others are younger than a day', () => {
    expect(() => withVersion([...old, version('current', CURRENT)], { id: 'new' }, DAY_MS)).toThrow(
      /at most 100 versions/,
    );
  });

  it('is refused with the twenty-first label', () => {
    const labels = Array.from({ length: 19 }, (_, i) => `l${i}`);
    const before = [version('a', CURRENT), version('b', ...labels)];
    expect(() => withVersion(before, { id: 'new', stages: ['l0'] }, 0)).not.toThrow();
    expect(() => withVersion(before, { id: 'new', stages: ['more'] }, 0)).toThrow(/at most 20 staging labels/);
  });
});

describe('a label', () => {
  const before = [version('a', PREVIOUS, 'blue'), version('b', CURRENT), version('c')];

  it.each<[string, { stage: string; removeFrom?: string; moveTo?: string }, object]>([
    ['new on a version', { stage: 'green', moveTo: 'c' }, { a: [PREVIOUS, 'blue'], b: [CURRENT], c: ['green'] }],
    ['moved', { stage: 'blue', removeFrom: 'a', moveTo: 'c' }, { a: [PREVIOUS], b: [CURRENT], c: ['blue'] }],
    ['removed', { stage: 'blue', removeFrom: 'a' }, { a: [PREVIOUS], b: [CURRENT], c: [] }],
    ['where it is already', { stage: 'blue', moveTo: 'a' }, { a: [PREVIOUS, 'blue'], b: [CURRENT], c: [] }],
    [
      'AWSCURRENT, which leaves AWSPREVIOUS behind',
      { stage: CURRENT, removeFrom: 'b', moveTo: 'c' },
      { a: ['blue'], b: [PREVIOUS], c: [CURRENT] },
    ],
    [
      'AWSCURRENT, back',
      { stage: CURRENT, removeFrom: 'b', moveTo: 'a' },
      { a: [CURRENT, 'blue'], b: [PREVIOUS], c: [] },
    ],
  ])('%s', (_what, move, after) => {
    expect(shown(withStageMoved(before, move))).toEqual(after);
  });

  it.each<[string, { stage: string; removeFrom?: string; moveTo?: string }, string, RegExp]>([
    ['nowhere', { stage: 'blue' }, 'InvalidParameterException', /RemoveFromVersionId, MoveToVersionId/],
    ['to no version', { stage: 'blue', moveTo: 'z' }, 'ResourceNotFoundException', /VersionId: z/],
    ['from no version', { stage: 'blue', removeFrom: 'z' }, 'ResourceNotFoundException', /VersionId: z/],
    [
      'without saying from where',
      { stage: CURRENT, moveTo: 'c' },
      'InvalidParameterException',
      /can't be empty\. Staging label AWSCURRENT is currently attached to version b/,
    ],
    [
      'from another version',
      { stage: CURRENT, removeFrom: 'a', moveTo: 'c' },
      'InvalidParameterException',
      /^Staging label AWSCURRENT is currently attached to version b/,
    ],
    ['that is on no version', { stage: 'green', removeFrom: 'a' }, 'InvalidParameterException', /is not attached/],
    ['AWSCURRENT away', { stage: CURRENT, removeFrom: 'b' }, 'InvalidParameterException', /can only move/],
  ])('does not go %s', (_what, move, code, message) => {
    expect(() => withStageMoved(before, move)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => withStageMoved(before, move)).toThrow(message);
  });
});
