/** Stopping Longshore as soon as it is ready leaves no error in the log: nothing uses what is already closed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLongshore } from './support/lifetime.ts';

const WARN = 40;
const longshore = withLongshore();

it('Longshore stops without a warning, however soon after its start', async () => {
  await longshore().stop();
  for (let round = 0; round < 2; round += 1) {
    await longshore().start();
    await longshore().stop();
  }
  const lines = readFileSync(join(longshore().dataDir, 'longshore.log'), 'utf8').trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as { readonly level: number; readonly msg: string });
  expect(records.filter(({ level }) => level >= WARN)).toEqual([]);
  await longshore().start();
});
