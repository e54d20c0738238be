/** The launcher with real processes: small programs stand for versions of the agent. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KeptVersions } from '../../../../agent/update/kept-versions.ts';
import { launchAgents, type LauncherOptions } from '../../../../cli/launcher/launcher.ts';
import { isAlive } from '../../../../tools/process.ts';

const OWN = { version: '1.0.0', hash: 'a1' };
const [B, C] = ['1.1.0-b2', '1.2.0-c3'];

let folder: string;
let versions: KeptVersions;
let log: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-launcher-'));
  versions = new KeptVersions(folder);
  log = join(folder, 'log');
  writeFileSync(log, '');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What the agents did, in order. */
const done = (): string[] => readFileSync(log, 'utf8').split('\n').filter(Boolean);

/** A program that logs its name and what it was told, and then runs the code. */
function program(file: string, name: string, code: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs';
     const log = (text) => appendFileSync(${JSON.stringify(log)}, '${name} ' + text + '\\n');
     const given = JSON.parse(process.env.LONGSHORE_AGENT_ARGUMENTS);
     process.once('disconnect', () => process.exit(1));
     for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => { log(signal); process.exit(0); });
     log('began' + (given.failed ? ' instead of ' + given.failed.build.version + ': ' + given.failed.reason : ''));
     ${code}`,
  );
  return file;
}
const keep = (name: string, code: string): string => program(versions.entryOf(name), name, code);
const own = (code: string) => ({ build: OWN, entry: program(join(folder, 'own.mjs'), 'own', code) });

const WORKS = `process.send({ kind: 'takesWork' });`;
const STAYS = `${WORKS} setInterval(() => {}, 1000);`;
/** Gives way, but not if it is back in the place of another. */
const givesWay = (name: string): string =>
  `${WORKS} if (!given.failed) { process.send({ kind: 'switchTo', name: '${name}' }, () => process.exit(0)); } else setInterval(() => {}, 1000);`;

function launch(code: string, more: Partial<LauncherOptions> = {}) {
  let stop: (signal: NodeJS.Signals) => void = () => undefined;
  const logger = { info: vi.fn(), warn: vi.fn() };
  const ended = launchAgents({
    own: own(code),
    versions,
    logger,
    stop: new Promise((resolve) => (stop = resolve)),
    ...more,
  });
  return { ended, stop };
}

const PATIENCE = { timeout: 30_000, interval: 20 };
const until = (expected: string[]): Promise<void> => vi.waitFor(() => expect(done()).toEqual(expected), PATIENCE);

it('starts its own code, passes the signal on, and ends with it', async () => {
  const { ended, stop } = launch(STAYS);
  await until(['own began']);
  stop('SIGINT');
  expect(await ended).toBe(0);
  expect(done()).toEqual(['own began', 'own SIGINT']);
});

it('ends as its agent does', async () => {
  expect(await launch(`process.exit(7);`).ended).toBe(7);
  expect(versions.note()).toBeUndefined();
});

it('starts the version that its agent gives way to, and from then on at once', async () => {
  keep(B, STAYS);
  const { ended, stop } = launch(givesWay(B));
  await until(['own began', `${B} began`]);
  await vi.waitFor(() => expect(versions.note()).toEqual({ own: '1.0.0-a1', current: B }), PATIENCE);
  stop('SIGTERM');
  await ended;
  const again = launch(STAYS);
  await until(['own began', `${B} began`, `${B} SIGTERM`, `${B} began`]);
  again.stop('SIGTERM');
  await again.ended;
});

it('goes back to its own code when that was installed again', async () => {
  keep(B, STAYS);
  versions.keep({ own: '0.9.0-f9', current: B });
  const { ended, stop } = launch(STAYS);
  await until(['own began']);
  await vi.waitFor(() => expect(versions.has(B)).toBe(false), PATIENCE);
  stop('SIGTERM');
  await ended;
});

it.each([
  ['ends early', `process.exit(3);`, 'It ended with exit code 3 before it took work up.'],
  ['says why it fails', `process.send({ kind: 'fails', reason: 'No engine.' }, () => process.exit(1));`, 'No engine.'],
  [
    'says too much of why it fails',
    `process.send({ kind: 'fails', reason: 'x'.repeat(300_000) }, () => process.exit(1));`,
    'x'.repeat(4_096),
  ],
  ['takes no work', `setInterval(() => {}, 1000);`, 'It took no work up within 0.5 s.'],
  [
    'ignores that it should end',
    `process.removeAllListeners('SIGTERM').on('SIGTERM', () => {}); setInterval(() => {}, 1000);`,
    'It took no work up within 0.5 s.',
  ],
])('goes back to the version before when the new one %s', async (_how, code, reason) => {
  // Only what never takes work must be waited for.
  const trialMs = reason.startsWith('It took no work') ? 500 : 60_000;
  keep(B, givesWay(C));
  keep(C, code);
  versions.keep({ own: '1.0.0-a1', current: B, previous: C });
  const { ended, stop } = launch(STAYS, { trialMs, endingMs: 200 });
  await vi.waitFor(() => expect(done().at(-1)).toBe(`${B} began instead of 1.2.0: ${reason}`), PATIENCE);
  await vi.waitFor(() => expect(versions.note()).toMatchObject({ current: B }), PATIENCE);
  // The next update to it fetches it again.
  expect([B, C].map((name) => versions.has(name))).toEqual([true, false]);
  stop('SIGTERM');
  await ended;
});

it('starts its own code when the version that worked does not begin any more', async () => {
  keep(B, `process.exit(1);`);
  versions.keep({ own: '1.0.0-a1', current: B });
  const { ended, stop } = launch(STAYS);
  await until([`${B} began`, 'own began']);
  await vi.waitFor(() => expect(versions.note()).toEqual({ own: '1.0.0-a1' }), PATIENCE);
  stop('SIGTERM');
  await ended;
});

it('does not wait longer for an agent that gave way than it has to', async () => {
  const { ended, stop } = launch(
    `${WORKS} process.send({ kind: 'switchTo', name: '${B}' }); setInterval(() => {}, 1000);`,
    {
      endingMs: 200,
    },
  );
  keep(B, STAYS);
  await until(['own began', `${B} began`]);
  stop('SIGTERM');
  await ended;
});

it('takes no notice of what it does not understand', async () => {
  const { ended, stop } = launch(`process.send({ kind: 'sings' }); process.send('la'); ${STAYS}`);
  await vi.waitFor(() => expect(versions.note()).toEqual({ own: '1.0.0-a1' }), PATIENCE);
  stop('SIGTERM');
  expect(await ended).toBe(0);
});

it('leaves no agent behind', async () => {
  const { ended, stop } = launch(`${WORKS} log(process.pid); setInterval(() => {}, 1000);`);
  await vi.waitFor(() => expect(done()).toHaveLength(2), PATIENCE);
  stop('SIGTERM');
  await ended;
  expect(isAlive(Number(done()[1]!.split(' ')[1]))).toBe(false);
});

it('gives its agent the token where other users of the host cannot read it', async () => {
  const join = 'https://host:1#token';
  const { ended } = launch(`log(given.join); log(JSON.stringify(process.argv.slice(2))); process.exit(0);`, { join });
  await ended;
  expect(done()).toEqual(['own began', `own ${join}`, 'own []']);
});
