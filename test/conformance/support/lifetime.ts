/** A Longshore for one test file, and the check at the end of every such file: the capacity ledger agrees with the tasks. */
import { afterAll, beforeAll, expect } from 'vitest';
import { type Longshore, type LongshoreOptions, startLongshore } from '../../support/longshore.ts';

/** Starts before the file's tests and is removed after them; call the returned function inside tests. */
export function withLongshore(options: LongshoreOptions = {}): () => Longshore {
  let longshore: Longshore | undefined;
  beforeAll(async () => {
    longshore = await startLongshore(options);
  });
  afterAll(async () => {
    if (longshore === undefined) return;
    try {
      await expectSoundCapacity(longshore);
    } finally {
      await longshore.destroy();
    }
  });
  return () => {
    if (longshore === undefined) throw new Error('Longshore is only available inside tests.');
    return longshore;
  };
}

/** For every instance, held capacity is what its tasks hold. */
export async function expectSoundCapacity(longshore: Longshore): Promise<void> {
  expect(await longshore.withStore((store) => store.checkCapacityInvariant())).toEqual([]);
}
