/**
 * Every recorded history must replay with today's code: running services would stop if the order of commands changed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { describe, expect, it } from 'vitest';
import { quietTemporal } from '../support/workflow-env.ts';
import { loadWorkflowBundle } from '../../worker/bundle.ts';

const folder = fileURLToPath(new URL('histories/', import.meta.url));
const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
const KINDS = ['service-life', 'service-throttled', 'service-breaker', 'run-task-life', 'container-instance-life'];

const read = (file: string) =>
  proto.temporal.api.history.v1.History.fromObject(
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>,
  );
const bundle = () => loadWorkflowBundle(join(tmpdir(), 'longshore-test-bundles'));

quietTemporal();

describe('replay', () => {
  it.each(KINDS)('has a history of %s', (kind) => {
    expect(files.some((file) => file.startsWith(`${kind}.`))).toBe(true);
  });

  it.each(files)('%s', async (file) => {
    await Worker.runReplayHistory({ workflowBundle: await bundle() }, read(file));
  });

  it('notices a history that today’s code would not have made', async () => {
    const history = read(files.find((file) => file.startsWith('service-life.'))!);
    const launch = history.events.find((event) => event.activityTaskScheduledEventAttributes);
    launch!.activityTaskScheduledEventAttributes!.activityType!.name = 'somethingElse';
    await expect(Worker.runReplayHistory({ workflowBundle: await bundle() }, history)).rejects.toThrow(
      /[Nn]ondeterminism/,
    );
  });
});
