/** The SDK's own worker behind the agent door: takes orders, outlives a new certificate, ends when it is revoked. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createHostActivities } from '../../../activities/host/index.ts';
import { connectDoor } from '../../../agent/door.ts';
import { HostWorker } from '../../../agent/host-worker.ts';
import type { AgentCredentials } from '../../../agent/identity/credentials.ts';
import { callDoor } from '../../../agent/identity/door-client.ts';
import { joinDoor } from '../../../agent/identity/join.ts';
import { instanceTaskQueue } from '../../../model/container-instance.ts';
import { withDoorStage } from '../../support/door-stage.ts';
import { order } from './orders.ts';

const stage = withDoorStage({ agentCertificateMs: 20_000 });
const folder = mkdtempSync(join(tmpdir(), 'longshore-agent-'));
const lines: Record<string, unknown>[] = [];
const logger = pino(
  { level: 'info' },
  { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
);

let credentials: AgentCredentials;
let worker: HostWorker;
const serial = (): string => new X509Certificate(credentials.current().cert).serialNumber;
let first: { readonly serial: string; readonly expiresAt: number };
const attending = new AbortController();

beforeAll(async () => {
  credentials = await joinDoor(await stage().url(), folder, callDoor);
  first = { serial: serial(), expiresAt: credentials.expiresAt };
  const controlPlane = connectDoor(credentials, logger);
  // At once, so that no slow start takes from the certificate's life.
  credentials.startRenewing(callDoor, { logger });
  worker = await HostWorker.start({
    controlPlane,
    containerInstanceId: credentials.containerInstanceId,
    logger,
    activities: createHostActivities({
      tasks: { launch: () => undefined, decline: () => undefined, stop: () => undefined },
      reporter: { hold: () => ({ take: () => [], release: () => undefined }) },
      session: {
        announce: () => Promise.resolve(),
        isAttended: () => Promise.resolve(true),
        confirm: () => Promise.resolve(true),
        voids: () => false,
        unwatched: () => undefined,
      },
      engineIsLost: () => false,
      shutdown: attending.signal,
    }),
  });
});
afterAll(async () => {
  attending.abort();
  credentials.stop();
  await worker.shutdown();
  rmSync(folder, { recursive: true, force: true });
});

const COMPLETED = 'EVENT_TYPE_ACTIVITY_TASK_COMPLETED';
const PATIENCE = { timeout: 30_000, interval: 100 };

it('keeps its activities while its certificate is renewed, again and again, past the end of the first', async () => {
  const watch = await order(stage().temporal, credentials.containerInstanceId, 'attendInstance');
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(first.expiresAt + 1_000), PATIENCE);
  expect(serial()).not.toBe(first.serial);
  // The watch goes on, and another order is taken up and answered beside it.
  const launch = await order(stage().temporal, credentials.containerInstanceId);
  await vi.waitFor(async () => expect(await launch.find(COMPLETED)).toBeDefined(), PATIENCE);
  expect(await watch.find(COMPLETED)).toBeUndefined();
  attending.abort();
  await vi.waitFor(async () => expect(await watch.find(COMPLETED)).toBeDefined(), PATIENCE);
});

it('takes no work any more once its instance is revoked, and says why', async () => {
  const { clusterName, containerInstanceId } = credentials;
  await stage().store.revokeAgent({ clusterName, containerInstanceId }, Date.now());
  const told = (): string => JSON.stringify(lines);
  await vi.waitFor(() => expect(told()).toContain('was revoked'), PATIENCE);
  const refused = await order(stage().temporal, containerInstanceId);
  // Another poll still gets the order. The history tells of a start only when the activity ends.
  const poll = { namespace: 'default', taskQueue: { name: instanceTaskQueue(containerInstanceId) } };
  const { workflowService } = stage().temporal.connection;
  const taken = await stage().temporal.withDeadline(Date.now() + PATIENCE.timeout, () =>
    workflowService.pollActivityTaskQueue(poll),
  );
  expect(taken.workflowExecution?.workflowId).toBe(refused.workflowId);
});
