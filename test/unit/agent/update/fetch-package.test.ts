/** Fetching the agent package: whole, as it was ordered, or not at all. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AgentUpdateRefused, fetchPackage } from '../../../../agent/update/fetch-package.ts';
import { type AgentPackage, type AgentPackageSource, PIECE_BYTES } from '../../../../model/agent-package.ts';

const target = { version: '1.1.0', hash: 'b2' };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-fetch-'));
  file = join(folder, 'package');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** Serves the bytes, with other facts or another way to read if they are given. */
function sourceOf(
  bytes: Buffer,
  facts: Partial<AgentPackage> = {},
  read?: AgentPackageSource['read'],
): AgentPackageSource {
  return {
    describe: () => Promise.resolve({ ...target, sizeBytes: bytes.length, sha256: sha256(bytes), ...facts }),
    read: read ?? (({ offset }) => Promise.resolve(bytes.subarray(offset, offset + PIECE_BYTES))),
  };
}
const fetched = (source: AgentPackageSource): Promise<void> =>
  fetchPackage(source, { target, platform: 'linux-x64', file });

it.each([1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES + 7])('fetches %i bytes', async (size) => {
  const bytes = randomBytes(size);
  await fetched(sourceOf(bytes));
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

const some = randomBytes(1_000);
it.each<[string, AgentPackageSource, RegExp]>([
  ['another build', sourceOf(some, { version: '1.2.0' }), /serves the agent 1\.2\.0-b2 by now/],
  ['other code of the version', sourceOf(some, { hash: 'b3' }), /serves the agent 1\.1\.0-b3 by now/],
  ['nothing', sourceOf(some, { sizeBytes: 0 }), /of 0 bytes is refused/],
  ['too much', sourceOf(some, { sizeBytes: 2 ** 40 }), /bytes is refused/],
  ['a damaged package', sourceOf(some, { sha256: sha256(randomBytes(3)) }), /arrived damaged/],
  ['a short piece', sourceOf(some, {}, () => Promise.resolve(some.subarray(1))), /answered 999 bytes at 0/],
  ['an empty piece', sourceOf(some, {}, () => Promise.resolve(Buffer.alloc(0))), /answered 0 bytes at 0/],
  ['a long piece', sourceOf(some, {}, () => Promise.resolve(randomBytes(2_000))), /answered 2000 bytes at 0/],
])('refuses %s', async (_what, source, message) => {
  const refused = fetched(source);
  await expect(refused).rejects.toThrow(AgentUpdateRefused);
  await expect(refused).rejects.toThrow(message);
});
