/** Which heartbeats the agent's part of the fence counts, with a real guard beside it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FencedWatch } from '../../../activities/host/fence.ts';
import { Fence } from '../../../agent/fence/fence.ts';
import { endGuard, filesIn, readLease } from '../../../agent/fence/files.mjs';

const LONG = { taskToken: new Uint8Array(), heartbeatTimeoutMs: 60_000, lostAfterMs: 600_000 };
/** Service tasks may not start from the first moment on, and the lease's end is four seconds away. */
const OVER: FencedWatch = { ...LONG, heartbeatTimeoutMs: 2_000, lostAfterMs: 2_000 };

let folder: string;
let answer: 'confirmed' | 'ended' | Error;
let fence: Fence;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-fence-'));
  answer = 'confirmed';
  fence = new Fence({
    folder,
    containerInstanceId: 'i1',
    docker: { socketPath: join(folder, 'no-engine.sock') },
    heartbeat: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
    logger: pino({ level: 'silent' }),
  });
});
afterEach(() => {
  endGuard(folder);
  rmSync(folder, { recursive: true, force: true });
});

const endsAt = (): number | undefined => readLease(filesIn(folder).lease)?.endsAt;

it.each(['ended' as const, new Error('no way')])('begins no watch whose heartbeat is answered by %s', async (given) => {
  answer = given;
  await expect(fence.begin(LONG)).rejects.toThrow(/does not confirm heartbeats/);
  expect(endsAt()).toBeUndefined();
});

it('gives a lease to the first watch, and makes it no longer for the next one until that attends', async () => {
  await fence.begin(LONG);
  const first = endsAt();
  await new Promise((resolve) => setTimeout(resolve, 30));
  await fence.begin(LONG);
  expect(endsAt()).toBe(first);
  expect(await fence.renew(LONG)).toBe('confirmed');
  expect(endsAt()).toBeGreaterThan(first!);
});

it('does not make a lease longer that is about to end, before the watch attends', async () => {
  await fence.begin(OVER);
  const first = endsAt();
  await fence.begin(OVER);
  expect(endsAt()).toBe(first);
});

it('ends the watch where no heartbeat was confirmed until service tasks must stop', async () => {
  await fence.begin(LONG);
  answer = new Error('no way');
  expect(await fence.renew(LONG)).toBe('unanswered');
  answer = 'confirmed';
  await fence.begin(OVER);
  answer = new Error('no way');
  await expect(fence.renew(OVER)).rejects.toThrow(/for too long/);
});
