/** `longshore agent` on a host that has not joined. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJoined } from '../../../cli/joined-agent.ts';
import { readSettings, SetupError } from '../../../tools/settings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-agent-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const refusal = (env: Record<string, string>): Promise<unknown> =>
  openJoined(readSettings({ LONGSHORE_DATA: folder, ...env }), pino({ level: 'silent' })).catch(
    (error: unknown) => error,
  );

it.each<[Record<string, string>, RegExp]>([
  [{}, /^This host has not joined a Longshore yet/],
  [
    { TEMPORAL_ADDRESS: 'temporal:7233' },
    /^An agent needs no TEMPORAL_ADDRESS any more: it reaches the agent door alone/,
  ],
  [
    { TEMPORAL_ADDRESS: 'temporal:7233', DATABASE_URL: 'postgresql://a@b/c' },
    /^An agent needs no TEMPORAL_ADDRESS or DATABASE_URL any more/,
  ],
])('with %j says how to join', async (env, message) => {
  const error = await refusal(env);
  expect(error).toBeInstanceOf(SetupError);
  expect((error as SetupError).message).toMatch(message);
  expect((error as SetupError).message).toContain('longshore token create');
});
