/**
 * Compares the simulation's Temporal with the real one: it gives today's workflows every recorded history, and they
 * must give the same commands.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { beforeAll, describe, expect, it } from 'vitest';
import { createSandboxFactory, type SandboxFactory } from '../../simulation/engine/sandbox.ts';
import { loadWorkflowBundle } from '../../worker/bundle.ts';
import type { HistoryEvent } from '../support/recorded-history.ts';
import { replayVirtually } from '../support/replay-virtually.ts';

const folder = fileURLToPath(new URL('histories/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));

const read = (file: string): HistoryEvent[] =>
  proto.temporal.api.history.v1.History.fromObject(
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>,
  ).events;

let sandboxes: SandboxFactory;
beforeAll(async () => {
  const { code } = await loadWorkflowBundle(join(tmpdir(), 'longshore-test-bundles'));
  sandboxes = createSandboxFactory(code);
});

describe('the simulation’s Temporal', () => {
  it.each(files)('gives the commands of %s', async (file) => {
    const { difference, answers } = await replayVirtually(sandboxes, read(file));
    expect(difference).toBe(undefined);
    expect(answers.given.length).toBe(answers.recorded.length);
    // Newer code may return more than older code did.
    expect(answers.given).toMatchObject(answers.recorded);
  });

  const ofKind = (kind: string): HistoryEvent[] => read(files.findLast((file) => file.startsWith(`${kind}.`))!);
  const find = <T>(events: readonly HistoryEvent[], part: (event: HistoryEvent) => T | null | undefined): T =>
    events.map(part).find((found) => found !== null && found !== undefined)!;

  it.each<[what: string, falsify: (events: HistoryEvent[]) => void, RegExp]>([
    [
      'another activity',
      (events) => (find(events, (e) => e.activityTaskScheduledEventAttributes?.activityType).name = 'somethingElse'),
      /first .*somethingElse.*again .*recordOwner/,
    ],
    [
      'another local activity',
      (events) => {
        const [data] = find(events, (e) => e.markerRecordedEventAttributes?.details?.['data']?.payloads);
        const marker = JSON.parse(Buffer.from(data!.data!).toString()) as Record<string, unknown>;
        data!.data = Buffer.from(JSON.stringify({ ...marker, activity_type: 'somethingElse' }));
      },
      /local activity \d was somethingElse, but is now/,
    ],
    [
      'commands in another order',
      (events) => {
        const cancelled = events.findIndex(
          (e, i) => e.timerCanceledEventAttributes && events[i + 1]?.timerStartedEventAttributes,
        );
        [events[cancelled], events[cancelled + 1]] = [events[cancelled + 1]!, events[cancelled]!];
      },
      /first \[.*startTimer.*, cancelTimer.*again \[.*cancelTimer.*, startTimer/,
    ],
    [
      'a signal that nobody sent',
      (events) => (find(events, (e) => e.workflowExecutionSignaledEventAttributes).signalName = 'unheardOf'),
      /nothing calls local activity|first/,
    ],
    [
      'an update that failed',
      (events) => {
        find(events, (e) => e.workflowExecutionUpdateCompletedEventAttributes).outcome = { failure: { message: 'no' } };
      },
      /first .*rejected.*again .*completed/,
    ],
  ])('refuses a history with %s', async (_what, falsify, difference) => {
    const events = ofKind('service-life');
    falsify(events);
    expect((await replayVirtually(sandboxes, events)).difference).toMatch(difference);
  });

  it('notices an answer that the workflow did not give', async () => {
    const events = ofKind('run-task-life');
    const { outcome } = find(events, (e) => e.workflowExecutionUpdateCompletedEventAttributes);
    outcome!.success!.payloads![0]!.data = Buffer.from('{"taskIds":["another"],"failures":[]}');
    const { difference, answers } = await replayVirtually(sandboxes, events);
    expect(difference).toBe(undefined);
    expect(answers.given).not.toMatchObject(answers.recorded);
  });
});
