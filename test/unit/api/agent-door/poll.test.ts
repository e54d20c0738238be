/** A poll ends with its call and with its connection, and leaves nothing with either. */
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { status } from '@grpc/grpc-js';
import { expect, it } from 'vitest';
import { untilEnding } from '../../../../api/agent-door/temporal/poll.ts';

const deadline = Date.now() + 60_000;
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    const end = (): void => reject(new Error('aborted'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });

it.each(['before', 'while'])(
  'ends with its connection, by which the agent is told to try elsewhere: %s it waits',
  async (when) => {
    const [ending, call] = [new AbortController(), new AbortController()];
    if (when === 'before') ending.abort();
    const poll = untilEnding(ending.signal, { signal: call.signal, deadline }, ({ signal }) => aborted(signal));
    ending.abort();
    await expect(poll).rejects.toMatchObject({ code: status.UNAVAILABLE });
  },
);

it.each(['before', 'while'])('ends with its call: %s it waits', async (when) => {
  const [ending, call] = [new AbortController(), new AbortController()];
  if (when === 'before') call.abort();
  const poll = untilEnding(ending.signal, { signal: call.signal, deadline }, ({ signal }) => aborted(signal));
  call.abort();
  await expect(poll).rejects.toThrow('aborted');
});

it('resolves to what there is, within the deadline of its call', async () => {
  const signal = new AbortController().signal;
  await expect(untilEnding(signal, { signal, deadline }, (bounds) => Promise.resolve(bounds.deadline))).resolves.toBe(
    deadline,
  );
});

it('leaves nothing with a connection that lasts', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const ending = new AbortController();
  const left: WeakRef<AbortSignal>[] = [];
  for (let i = 0; i < 20; i += 1) {
    const call = new AbortController();
    await untilEnding(ending.signal, { signal: call.signal, deadline }, ({ signal }) => {
      left.push(new WeakRef(signal));
      signal.addEventListener('abort', () => undefined);
      return Promise.resolve();
    });
  }
  // A reference that was just read is kept until the turn is over.
  await turn();
  collect();
  expect(left.filter((each) => each.deref() !== undefined).length).toBeLessThan(2);
  expect(ending.signal.aborted).toBe(false);
});
