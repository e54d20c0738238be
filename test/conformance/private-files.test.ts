/** Only its user may read what a running Longshore keeps on disk: logs and databases hold the environment of tasks. */
import { chmodSync, lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Longshore, startLongshore } from '../support/longshore.ts';

let longshore: Longshore;
beforeAll(async () => {
  longshore = await startLongshore();
});
afterAll(() => longshore.destroy());

/** What other users may do, by path below the data folder; paths where they may do nothing are left out. */
function openToOthers(): Readonly<Record<string, string>> {
  const { dataDir } = longshore;
  const names = ['', ...readdirSync(dataDir, { recursive: true, encoding: 'utf8' })];
  const modes = names.flatMap((name) => {
    const stat = lstatSync(join(dataDir, name), { throwIfNoEntry: false });
    return stat === undefined || stat.isSymbolicLink() ? [] : [[name, (stat.mode & 0o077).toString(8)] as const];
  });
  return Object.fromEntries(modes.filter(([, others]) => others !== '0'));
}

/** Under root, Postgres runs as its own user, which passes through and reads nothing. */
const PASSED_BY_POSTGRES = process.getuid?.() === 0 ? { '': '11', postgres: '11' } : {};

it('start leaves nothing that other users could read', () => {
  expect(openToOthers()).toEqual(PASSED_BY_POSTGRES);
});

it('start closes files that an earlier version left open', async () => {
  await longshore.stop();
  const log = join(longshore.dataDir, 'longshore.log');
  writeFileSync(join(longshore.dataDir, 'temporal', 'left-over'), '');
  for (const [name, mode] of [
    [log, 0o644],
    [join(longshore.dataDir, 'agent'), 0o755],
    [join(longshore.dataDir, 'temporal', 'temporal.db'), 0o644],
    [join(longshore.dataDir, 'temporal', 'left-over'), 0o666],
  ] as const) {
    chmodSync(name, mode);
  }
  await longshore.start();
  expect(openToOthers()).toEqual(PASSED_BY_POSTGRES);
});
