/** The command `longshore secrets` against a real API that requires signatures. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../../cli/commands/secrets.ts';
import { readSettings } from '../../../tools/settings.ts';
import { TEST_SECRETS, withApi } from '../support/api-under-test.ts';
import { signedCallers } from '../support/signed-callers.ts';

const api = withApi({ auth: 'required' });
const { keyOf } = signedCallers(api);
const folder = mkdtempSync(path.join(tmpdir(), 'longshore-secrets-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

beforeAll(async () => {
  const root = await keyOf(undefined);
  process.env['AWS_ACCESS_KEY_ID'] = root.accessKeyId;
  process.env['AWS_SECRET_ACCESS_KEY'] = root.secretAccessKey;
  return () => {
    delete process.env['AWS_ACCESS_KEY_ID'];
    delete process.env['AWS_SECRET_ACCESS_KEY'];
  };
});

const where = (): Record<string, string> => {
  const { hostname, port } = new URL(api().url);
  return { LONGSHORE_HOST: hostname, LONGSHORE_PORT: port, LONGSHORE_AUTH: 'required', LONGSHORE_DATA: folder };
};

/** What the command prints on standard output. */
async function secrets(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const out: Buffer[] = [];
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => out.push(Buffer.from(text)) > 0),
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true),
  ];
  try {
    await run(readSettings({ ...where(), ...env }), args);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return Buffer.concat(out).toString();
}

const fileOf = (content: string | Uint8Array): string => {
  const file = path.join(folder, `value-${Math.random()}`);
  writeFileSync(file, content);
  return file;
};

describe('longshore secrets', () => {
  it('puts, gets, lists and deletes', async () => {
    expect(await secrets(['put', 'app/db', '--file', fileOf('one\n')])).toBe('app/db: a new secret.\n');
    expect(await secrets(['get', 'app/db'])).toBe('one');
    expect(await secrets(['put', 'app/db', '--file', fileOf('two')])).toMatch(/^app\/db: version [0-9a-f-]{36}\.\n$/);
    expect(await secrets(['get', 'app/db', '--stage', 'AWSPREVIOUS'])).toBe('one');
    const listed = await secrets(['list']);
    expect(listed).toMatch(/^app\/db {2}changed \S+Z {2}arn:aws:secretsmanager:\S+:secret:app\/db-\w{6}\n$/);
    expect(await secrets(['delete', 'app/db'])).toMatch(/^app\/db can be restored until \d{4}-\S+\.\n$/);
    expect(JSON.parse(await secrets(['list', '--json']))).toMatchObject([
      { name: 'app/db', note: 'marked for deletion' },
    ]);
    await expect(secrets(['get', 'app/db'])).rejects.toThrow(/marked for deletion/);
    expect(await secrets(['delete', 'app/db', '--force'])).toBe('app/db is removed.\n');
    await expect(secrets(['get', 'app/db'])).rejects.toThrow("Secrets Manager can't find the specified secret.");
  });

  it('keeps bytes only where that is asked for', async () => {
    const file = fileOf(Uint8Array.of(0, 255, 10));
    await expect(secrets(['put', 'bytes', '--file', file])).rejects.toThrow(/no UTF-8 text\. Give --binary/);
    await secrets(['put', 'bytes', '--file', file, '--binary']);
    expect(await secrets(['get', 'bytes'])).toBe(Buffer.from([0, 255, 10]).toString());
  });

  it('does the same with parameters', async () => {
    expect(await secrets(['put', '/app/db', '--file', fileOf('one'), '--parameter'])).toBe(
      '/app/db: a new parameter.\n',
    );
    expect(await secrets(['put', '/app/db', '--file', fileOf('two'), '--parameter'])).toBe('/app/db: version 2.\n');
    expect(await secrets(['get', '/app/db:1', '--parameter'])).toBe('one');
    expect(await secrets(['list', '--parameter'])).toMatch(/^\/app\/db {2}changed .* {2}SecureString\n$/);
    expect(await secrets(['delete', '/app/db', '--parameter'])).toBe('/app/db is removed.\n');
  });

  it.each<[string[], RegExp]>([
    [[], /What is to be done[^]*Usage/],
    [['get'], /Which secret\?/],
    [['put', 'x', '--json'], /--json is not for put/],
    [['get', 'x', '--parameter', '--stage', 's'], /--stage is not for get of a parameter/],
    [['list', 'x'], /list takes no name/],
    [['put', 'x', '--file', '/nowhere/at/all'], /\/nowhere\/at\/all cannot be read/],
  ])('%j is explained', async (args, message) => {
    await expect(secrets(args)).rejects.toThrow(message);
  });

  it('does not repeat a value that somebody gives as an argument', async () => {
    const error: unknown = await secrets(['put', 'x', 'hunter2']).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringMatching(/too many arguments/) as string });
    expect((error as Error).message).not.toContain('hunter2');
  });

  it('seals all anew, and says how many', async () => {
    const { key } = TEST_SECRETS.accessKeys.make(undefined, 1);
    await api().store.createAccessKey(key);
    const old = Buffer.alloc(32, 7).toString('hex');
    const keys = { DATABASE_URL: api().database, LONGSHORE_MASTER_KEY: 'b'.repeat(64) };
    await expect(secrets(['rewrap'], keys)).rejects.toThrow(/None of the master keys opens \d+ access keys/);
    const out = await secrets(['rewrap'], { ...keys, LONGSHORE_MASTER_KEY_PREVIOUS: old });
    expect(out).toMatch(/^[1-9]\d* access keys sealed anew\n0 keys of the agents’ authority sealed anew\n/);
    const again = await secrets(['rewrap'], keys);
    expect(again).toMatch(/^0 access keys sealed anew\n/);
    // The API under test has the old key.
    await secrets(['rewrap'], { ...keys, LONGSHORE_MASTER_KEY: old, LONGSHORE_MASTER_KEY_PREVIOUS: 'b'.repeat(64) });
  });

  it('reads the value from standard input', async () => {
    const input = Readable.from([Buffer.from('from a '), Buffer.from('pipe\n')]);
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(input as typeof process.stdin);
    await secrets(['put', 'piped']);
    expect(await secrets(['get', 'piped'])).toBe('from a pipe');
  });
});
