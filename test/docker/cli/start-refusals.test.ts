/**
 * What keeps `longshore start` from running: it prints one message that says what to do, exits with code 1, and leaves
 * no claim on the data folder. The engine is never reached.
 */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../../../tools/embedded/postgres.ts';
import { freePort } from '../../../tools/free-port.ts';

const ENTRY = fileURLToPath(new URL('../../../cli/longshore.mjs', import.meta.url));
const NOBODY = 65_534;
const PORTS = [
  'LONGSHORE_PORT',
  'LONGSHORE_TEMPORAL_PORT',
  'LONGSHORE_TEMPORAL_UI_PORT',
  'LONGSHORE_POSTGRES_PORT',
] as const;

let root: string;
let ports: Record<(typeof PORTS)[number], string>;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'longshore-refusals-'));
  // Postgres runs as its own user and must reach its part of the folder.
  chmodSync(root, 0o711);
  const free = await Promise.all(PORTS.map(async (name) => [name, String(await freePort())]));
  ports = Object.fromEntries(free) as typeof ports;
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs `longshore start` until it ends. `wrapper`: a program that runs it. */
async function start(env: Record<string, string>, wrapper: readonly string[] = []) {
  const [program, ...args] = [...wrapper, process.execPath, ENTRY, 'start'];
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH, HOME, DOCKER_HOST: `unix://${root}/no-engine.sock`, LONGSHORE_DISK_RESERVE: '0', ...ports, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  // The output is lines of progress, an empty line, and the message.
  return { code, text, message: text.slice(text.lastIndexOf('\n\n') + 2).trim() };
}

async function expectRefusal(dataDir: string, message: RegExp, env = {}, wrapper: readonly string[] = []) {
  const outcome = await start({ LONGSHORE_DATA: dataDir, ...env }, wrapper);
  expect(outcome.message).toMatch(message);
  expect(outcome.text).not.toMatch(/^\s+at /m);
  expect(outcome.code).toBe(1);
  expect(existsSync(join(dataDir, 'longshore.pid'))).toBe(false);
}

describe('a data folder that cannot be used', () => {
  const refused = (dataDir: string, reason: RegExp) =>
    new RegExp(`^The data folder ${dataDir} cannot be used\\. .*${reason.source}.*LONGSHORE_DATA`);

  it('a file in its place, or in its path', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    await expectRefusal(file, refused(file, /a file of that name is there/));
    await expectRefusal(join(file, 'data'), refused(join(file, 'data'), /a part of the path is a file/));
  });

  it('a file system that is read-only', async () => {
    const disk = join(root, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128m', 'longshore-test', disk]);
    try {
      mkdirSync(join(disk, 'there'));
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      await expectRefusal(join(disk, 'there'), refused(join(disk, 'there'), /is read-only/));
      await expectRefusal(join(disk, 'new/data'), refused(join(disk, 'new/data'), /is read-only/));
    } finally {
      execFileSync('umount', ['-l', disk]);
    }
  });

  it('a folder of another user', async () => {
    const folder = join(root, 'closed');
    mkdirSync(folder);
    chownSync(folder, NOBODY, NOBODY);
    chmodSync(folder, 0o555);
    // Root without the capability that lets it into every folder.
    const wrapper = ['setpriv', '--bounding-set=-dac_override,-dac_read_search,-fowner'];
    await expectRefusal(folder, refused(folder, /this user may not/), {}, wrapper);
    await expectRefusal(join(folder, 'data'), refused(join(folder, 'data'), /this user may not/), {}, wrapper);
  });
});

it('a home folder that is not an absolute path', async () => {
  const outcome = await start({ HOME: 'home' });
  expect(outcome.message).toBe(
    'The home folder is unknown. Set HOME to an absolute path, or both LONGSHORE_DATA and XDG_CACHE_HOME.',
  );
  expect(outcome.code).toBe(1);
});

describe('ports', () => {
  it.each([
    ['The API', 'LONGSHORE_PORT'],
    ['Temporal', 'LONGSHORE_TEMPORAL_PORT'],
    ['The Temporal UI', 'LONGSHORE_TEMPORAL_UI_PORT'],
    ['Postgres', 'LONGSHORE_POSTGRES_PORT'],
  ] as const)('the port of %s is taken', async (part, setting) => {
    const server = await listen();
    const { port } = server.address() as { port: number };
    const message = `${part} cannot start: port ${port} is taken by another process. Free it, or set ${setting} to another port.`;
    await expectRefusal(join(root, 'data'), new RegExp(`^${message}$`), { [setting]: String(port) });
    await new Promise((resolve) => server.close(resolve));
  });

  it('two parts have the same port', async () => {
    const { LONGSHORE_PORT: port } = ports;
    const message = `LONGSHORE_PORT and LONGSHORE_POSTGRES_PORT are both ${port}: set them to different ports.`;
    await expectRefusal(join(root, 'data'), new RegExp(`^${message}$`), { LONGSHORE_POSTGRES_PORT: port });
  });
});

it.each<[string, number, RegExp]>([
  ['newer', 9999, /^The database is of a newer Longshore .*9999.* Use that version or a later one\.$/],
  ['older', 13, /^The data is of a Longshore from before 0\.1\.0 .*13.* another one in LONGSHORE_DATA .*\.$/],
])('a database of a %s Longshore', async (age, number, message) => {
  const dataDir = join(root, age);
  mkdirSync(dataDir, { mode: 0o711 });
  const port = Number(ports.LONGSHORE_POSTGRES_PORT);
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), port });
  const client = new pg.Client({ connectionString: postgres.connectionString });
  await client.connect();
  await client.query('CREATE TABLE schema_migrations (number integer PRIMARY KEY, file text NOT NULL)');
  await client.query('INSERT INTO schema_migrations VALUES ($1, $2)', [number, age]);
  await client.end();
  await postgres.stop();
  await expectRefusal(dataDir, message);
});

it('a database that does not answer', async () => {
  const url = `postgresql://longshore:secret@127.0.0.1:${await freePort()}/longshore`;
  const message = /^The database is out of reach .*\n {2}Check DATABASE_URL, and that its Postgres runs\.$/;
  await expectRefusal(join(root, 'data'), message, { DATABASE_URL: url });
});

const listen = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });
