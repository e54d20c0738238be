/** Task tokens of the agent door: of use to the agent that got them alone. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TaskTokens } from '../../../api/agent-door/temporal/task-tokens.ts';

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((each) => Buffer.from(each));
const name = fc.stringMatching(/^[\w-]{1,12}$/);
const holder = fc.record({ clusterName: name, containerInstanceId: name });

it('come back as they were, to any api process with the same master key', () => {
  fc.assert(
    fc.property(bytes, holder, key, (token, mine, masterKey) => {
      const wrapped = new TaskTokens(masterKey).wrap(token, mine);
      expect(new TaskTokens(masterKey).unwrap(wrapped, { ...mine })).toEqual(Buffer.from(token));
    }),
  );
});

it('are good while the master key with which they were wrapped is one of those before', () => {
  fc.assert(
    fc.property(bytes, holder, fc.tuple(key, key, key), (token, mine, [older, old, newest]) => {
      const wrapped = new TaskTokens(older).wrap(token, mine);
      expect(new TaskTokens([newest, old, older]).unwrap(wrapped, mine)).toEqual(Buffer.from(token));
      const anew = new TaskTokens([newest, old, older]).wrap(token, mine);
      expect(new TaskTokens(newest).unwrap(anew, mine)).toEqual(Buffer.from(token));
    }),
  );
});

it('are worth nothing to another agent, nor with another master key', () => {
  fc.assert(
    fc.property(bytes, holder, holder, fc.tuple(key, key), (token, mine, other, [first, second]) => {
      fc.pre(mine.clusterName !== other.clusterName || mine.containerInstanceId !== other.containerInstanceId);
      fc.pre(!first.equals(second));
      const wrapped = new TaskTokens(first).wrap(token, mine);
      expect(new TaskTokens(first).unwrap(wrapped, other)).toBeUndefined();
      expect(new TaskTokens(second).unwrap(wrapped, mine)).toBeUndefined();
    }),
  );
});

it('are worth nothing if any bit was changed, cut off or added', () => {
  const tokens = new TaskTokens(Buffer.alloc(32, 7));
  fc.assert(
    fc.property(bytes, holder, fc.nat(), fc.integer({ min: 0, max: 7 }), (token, mine, at, bit) => {
      const wrapped = tokens.wrap(token, mine);
      const changed = Buffer.from(wrapped);
      const place = at % changed.length;
      changed[place] = changed[place]! ^ (1 << bit);
      for (const each of [changed, wrapped.subarray(0, place), Buffer.concat([wrapped, Buffer.of(at % 256)])])
        expect(tokens.unwrap(each, mine)).toBeUndefined();
    }),
  );
});
