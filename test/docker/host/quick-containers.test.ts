/** Containers that end as soon as they have started still count as having been RUNNING. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startDockerEngine } from '../../../fixtures/docker-engines.ts';
import type { DockerEngine } from '../../../fixtures/docker-engines.ts';
import { ensureTestImage } from '../../support/images.ts';
import { definition, OWNER, shell, TestHost } from './host.ts';

let engine: DockerEngine;
let host: TestHost;
beforeAll(async () => {
  engine = await startDockerEngine();
  await ensureTestImage(engine.docker);
  host = await TestHost.open(engine);
});
// The engine is removed even if the host did not start.
afterAll(() => engine.destroy());
afterAll(() => host.close());

it.each([
  ['bridge', 40],
  ['awsvpc', 20],
] as const)('%s: each of %i tasks with port mappings has been RUNNING', async (networkMode, count) => {
  const portMappings = [{ containerPort: 80 }, { containerPort: 443 }];
  const task = definition([shell('job', 'exit 3', { portMappings })], { networkMode });
  const runs = Array.from({ length: count }, () => host.launch(task));
  await Promise.all(runs.map((run) => run.until('stopped')));
  const reports = runs.map((run) => run.report());
  for (const report of reports) {
    expect(report).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      startedAt: expect.any(Number) as number,
      containers: [{ lastStatus: 'STOPPED', exitCode: 3 }],
    });
    expect(report.startedAt).toBeLessThanOrEqual(report.executionStoppedAt ?? 0);
  }
});

it('a restarted agent counts an ended task as having been RUNNING', async () => {
  const { taskId } = await host.run(definition([shell('job', 'exit 0', { portMappings: [{ containerPort: 80 }] })]));
  const before = await host.reported(taskId, (r) => r.lastStatus === 'STOPPED');
  host.tasks.close();
  host = await TestHost.open(engine, { id: host.containerInstanceId });
  await host.tasks.reconcile([{ taskId, ownerWorkflowId: OWNER, wasRunning: false, shouldStop: false }]);
  const { startedAt, stopCode, containers } = await host.reported(taskId, (r) => r.lastStatus === 'STOPPED');
  expect(startedAt).toBeDefined();
  expect(stopCode).toBe('EssentialContainerExited');
  expect(containers).toMatchObject([{ exitCode: 0, runtimeId: before.containers[0]!.runtimeId }]);
});
