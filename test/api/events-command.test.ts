/** The command `longshore events` against a real API. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../cli/commands/events.ts';
import type { EventEnvelope } from '../../model/event.ts';
import { readSettings } from '../../tools/settings.ts';
import { aTask, newId } from '../../fixtures/records.ts';
import { record, reserve, stopped } from '../store/builders.ts';
import { ensureCluster, withApi } from './support/api-under-test.ts';

const api = withApi();
let cluster = '';
beforeEach(async () => {
  cluster = `cli-${newId().slice(0, 8)}`;
  await ensureCluster(api().store, cluster);
});

/** What the command prints, and the position at which it says to continue. */
async function events(...args: readonly string[]): Promise<{ lines: string[]; next: string | undefined }> {
  const { hostname, port } = new URL(api().url);
  const out: string[] = [];
  const told: string[] = [];
  const keep = (into: string[]) => (text: string | Uint8Array) => into.push(String(text)) > 0;
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(keep(out)),
    vi.spyOn(process.stderr, 'write').mockImplementation(keep(told)),
  ];
  try {
    await run(readSettings({ LONGSHORE_HOST: hostname, LONGSHORE_PORT: port }), args);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { lines: out.join('').split('\n').slice(0, -1), next: /--after (\d+)/.exec(told.join(''))?.[1] };
}

/** A task that stops: two events. */
async function taskLife(): Promise<string> {
  const task = aTask({ taskId: newId(), clusterName: cluster });
  await reserve(api().store, [task], cluster);
  await record(api().store, [stopped(task.taskId, 2)], cluster);
  return task.taskId;
}

describe('longshore events', () => {
  it('prints past events, and continues after a position', async () => {
    const first = await taskLife();
    const before = await events('--cluster', cluster);
    expect(before.lines).toEqual([
      expect.stringMatching(new RegExp(`^\\S+Z  task/${cluster}/${first}  PENDING → RUNNING$`)),
      expect.stringMatching(new RegExp(`^\\S+Z  task/${cluster}/${first}  STOPPED`)),
    ]);
    const second = await taskLife();
    const after = await events('--cluster', cluster, '--after', before.next ?? '', '--json');
    expect(after.lines.map((line) => (JSON.parse(line) as EventEnvelope).resources[0]?.split('/').at(-1))).toEqual([
      second,
      second,
    ]);
  });

  it('stops at the limit, and continues from there', async () => {
    await taskLife();
    const some = await events('--cluster', cluster, '--limit', '1');
    const rest = await events('--cluster', cluster, '--after', some.next ?? '');
    expect([some.lines.length, rest.lines.length]).toEqual([1, 1]);
  });

  it('prints why it was refused, and its usage', async () => {
    await expect(events('--type', 'Weather')).rejects.toThrow(/^detailType must be one of/);
    await expect(events('--follow', '--limit', '1')).rejects.toThrow(
      /--limit cannot be combined with --follow[^]*Usage/,
    );
    await expect(events('--follow', '--after', 'x')).rejects.toThrow(/^after must be the position/);
  });
});
