/** The line that tells how much passes through the agent door. */
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Traffic } from '../../../../api/agent-door/traffic.ts';

let lines: Record<string, unknown>[];
const logger = (level: string) =>
  pino(
    { level, base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
beforeEach(() => {
  lines = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('counts the calls of each ten seconds, and the polls among them', () => {
  const traffic = new Traffic(logger('debug'), () => 7);
  for (const isPoll of [true, false, false]) traffic.count({ isPoll });
  vi.advanceTimersByTime(20_000);
  traffic.close();
  vi.advanceTimersByTime(20_000);
  expect(lines).toMatchObject([
    { msg: 'calls of agents', calls: 3, polls: 1, connections: 7 },
    { calls: 0, polls: 0, connections: 7 },
  ]);
});

it('wakes up for nothing where nobody reads it', () => {
  const traffic = new Traffic(logger('info'), () => 7);
  expect(vi.getTimerCount()).toBe(0);
  traffic.close();
});
