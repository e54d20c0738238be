/** The ballast file that keeps room on the disk. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Ballast, STEP_BYTES } from '../../../../tools/disk/ballast.ts';
import { defaultBallastBytes, makeRoomForStart } from '../../../../tools/disk/reserve.ts';
import { roomOf } from '../../../../tools/disk/volume.ts';
import { SetupError } from '../../../../tools/settings.ts';

const MIB = 1024 * 1024;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-ballast-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it.each([
  [320 * MIB, 64 * MIB],
  [10_000 * MIB, 100 * MIB],
  [1_000_000 * MIB, 256 * MIB],
])('of a disk of %i bytes, %i are ballast', (total, ballast) => {
  expect(defaultBallastBytes(total)).toBe(ballast);
});

it('grows and shrinks in steps, and really takes up room', async () => {
  const ballast = new Ballast(folder);
  expect(ballast.shrink()).toBe(false);
  const target = STEP_BYTES + MIB;
  await ballast.grow(target);
  expect(ballast.bytes).toBe(STEP_BYTES);
  await ballast.grow(target);
  await ballast.grow(target);
  expect(ballast.bytes).toBe(target);
  expect(statSync(join(folder, 'ballast')).blocks * 512).toBeGreaterThanOrEqual(target);
  expect(ballast.shrink()).toBe(true);
  expect(ballast.bytes).toBe(MIB);
  ballast.trim(0);
  expect(ballast.bytes).toBe(0);
});

it('a start without enough room releases its ballast first, then says what it needs', async () => {
  const ballast = new Ballast(folder);
  await ballast.grow(STEP_BYTES);
  makeRoomForStart(folder, MIB);
  expect(ballast.bytes).toBe(STEP_BYTES);
  const more = roomOf(folder).totalBytes + MIB;
  expect(() => makeRoomForStart(folder, more)).toThrow(SetupError);
  expect(ballast.bytes).toBe(0);
});
