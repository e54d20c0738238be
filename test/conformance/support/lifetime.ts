/** A Longshore for one test file, and what every such file ends with: the capacity ledger agrees with the tasks. */
import { afterAll, beforeAll, expect } from 'vitest';
import { type Longshore, type LongshoreOptions, startLongshore } from '../../support/longshore.ts';

/** Started before the file's tests and removed after them; call the returned function inside tests. */
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
    if (longshore === undefined) throw new Error('Longshore is there inside tests only.');
    return longshore;
  };
}

/** No instance counts more or less as held than its tasks hold. */
export async function expectSoundCapacity(longshore: Longshore): Promise<void> {
  expect(await longshore.withStore((store) => store.checkCapacityInvariant())).toEqual([]);
}
