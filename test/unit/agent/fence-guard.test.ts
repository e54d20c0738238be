/** The guard's real process over an engine that answers from a list. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { filesIn, readFencedTasks, readGuard, sinceBoot, writeLease } from '../../../agent/fence/files.mjs';
import { FENCE_MARGIN_MS } from '../../../agent/fence/lease.mjs';
import { isAlive } from '../../../tools/process.ts';

const PROGRAM = fileURLToPath(new URL('../../../agent/fence/guard.mjs', import.meta.url));
const PATIENCE = { timeout: 30_000, interval: 20 };
const NEVER = 1e12;

/** By id, the containers that run: whether they end when they are told to. */
let running: Map<string, { readonly owner: string; readonly obeys: boolean }>;
let calls: string[];
let folder: string;
let engine: Server;
let guards: ChildProcess[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-guard-'));
  running = new Map();
  calls = [];
  guards = [];
  engine = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://engine');
    const [, , id = '', what = ''] = url.pathname.split('/');
    if (id === 'json') return void response.end(JSON.stringify([...running].map(listed)));
    calls.push(`${what} ${id}`);
    if (what === 'kill' || running.get(id)?.obeys === true) running.delete(id);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => engine.listen(join(folder, 'engine'), resolve));
});
afterEach(() => {
  for (const guard of guards) guard.kill('SIGKILL');
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

const listed = ([id, { owner }]: [string, { readonly owner: string }]) => ({
  Id: id,
  Labels: {
    'longshore.task-id': `task of ${id}`,
    'longshore.plan': JSON.stringify({ ownerWorkflowId: owner, containers: [{ stopTimeoutSeconds: 1 }] }),
  },
});

const run = (id: string, owner: string, obeys = true): unknown => running.set(id, { owner, obeys });

/** What still runs is killed so many milliseconds from now. */
const lease = (killInMs: number): void =>
  writeLease(filesIn(folder).lease, { endsAt: sinceBoot() + FENCE_MARGIN_MS + killInMs, lostAfterMs: 10_000 });

async function startGuard(): Promise<ChildProcess> {
  const guard = spawn(process.execPath, [PROGRAM, folder], { stdio: ['pipe', 'pipe', 'ignore'] });
  guards.push(guard);
  const order = { folder, containerInstanceId: 'i1', engine: { socketPath: join(folder, 'engine') } };
  guard.stdin.write(`${JSON.stringify(order)}\n`);
  await new Promise((resolve) => guard.stdout.once('data', resolve));
  return guard;
}

const ended = (guard: ChildProcess): Promise<void> =>
  vi.waitFor(() => expect(guard.exitCode !== null || guard.signalCode !== null).toBe(true), PATIENCE);

it('stops service tasks where the lease ends, kills the one that stays, and leaves standalone tasks alone', async () => {
  run('web', 'service/default/web');
  run('stubborn', 'service/default/db', false);
  run('alone', 'run-task/default/x');
  await startGuard();
  lease(2_500);
  await vi.waitFor(() => expect([...running.keys()]).toEqual(['alone']), PATIENCE);
  expect(calls.slice(0, 2)).toEqual(['stop web', 'stop stubborn']);
  expect(new Set(calls.slice(2))).toEqual(new Set(['kill stubborn']));
  expect([...readFencedTasks(folder)]).toEqual(['task of web', 'task of stubborn']);
});

it('stops what starts after the end, until the lease is renewed', async () => {
  lease(-60_000);
  await startGuard();
  run('late', 'service/default/web');
  await vi.waitFor(() => expect(running.size).toBe(0), PATIENCE);
  lease(NEVER);
  // It has read the new lease when it has looked once more.
  await new Promise((resolve) => setTimeout(resolve, 600));
  run('new', 'service/default/web');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect([...running.keys()]).toEqual(['new']);
});

it('ends when its agent has gone, the lease is over and no service task runs', async () => {
  run('web', 'service/default/web', false);
  lease(-60_000);
  const guard = await startGuard();
  guard.stdin!.end();
  await ended(guard);
  expect(guard.exitCode).toBe(0);
  expect(running.size).toBe(0);
});

it('guards on without its agent while the lease lasts', async () => {
  run('web', 'service/default/web');
  lease(2_000);
  const guard = await startGuard();
  guard.stdin!.end();
  guard.kill('SIGTERM');
  guard.kill('SIGHUP');
  await ended(guard);
  expect(guard.exitCode).toBe(0);
  expect(calls).toEqual(['stop web']);
});

it('ends without a lease once its agent has gone', async () => {
  const guard = await startGuard();
  guard.stdin!.end();
  await ended(guard);
  expect(guard.exitCode).toBe(0);
});

it('takes the place of the guard before it, and of no other process', async () => {
  lease(NEVER);
  const first = await startGuard();
  const second = await startGuard();
  await ended(first);
  expect(readGuard(folder)).toBe(second.pid);
  // The pid of another process, as after a reboot.
  writeFileSync(filesIn(folder).guard, `${process.pid} 1 another-boot\n`);
  await startGuard();
  expect(isAlive(process.pid)).toBe(true);
});
