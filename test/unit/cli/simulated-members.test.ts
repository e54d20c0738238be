/** `longshore agent --simulate` without a way to the control plane. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openMembers } from '../../../cli/simulated-members.ts';
import { readSettings, SetupError } from '../../../tools/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-agent-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each<[string | undefined, RegExp]>([
  [undefined, /^Simulated instances need --join .* or TEMPORAL_ADDRESS/],
  ['https://127.0.0.1:7882', /^The token in the URL is missing or not whole/],
])('with the URL %j it says what is missing', async (url, message) => {
  const settings = readSettings({ LONGSHORE_DATA: folder });
  const error = await openMembers({ settings, logger: pino({ level: 'silent' }), count: 2 }, url).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(SetupError);
  expect((error as SetupError).message).toMatch(message);
});
