/** Rotation of log files. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDue, LogFile, tendLogs } from '../../../tools/log-files.ts';

const LIMITS = { maxBytes: 100, maxAgeMs: 60_000, keep: 2 };
const LINE = `${'x'.repeat(59)}\n`;
let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longshore-logs-'));
  file = join(folder, 'a.log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const fail = (error: unknown): never => {
  throw error;
};
const lines = (name: string): string[] => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');

describe('Longshore’s own log', () => {
  it('is rotated before it exceeds its size, and the oldest file goes', () => {
    const log = new LogFile(file, LIMITS);
    for (const name of ['a', 'b', 'c', 'd']) log.write(LINE.replaceAll('x', name));
    expect(readdirSync(folder).sort()).toEqual(['a.log', 'a.log.1', 'a.log.2']);
    expect(['a.log', 'a.log.1', 'a.log.2'].map((name) => lines(name)[0]![0])).toEqual(['d', 'c', 'b']);
  });

  it('keeps no rotated file if none is wanted', () => {
    const log = new LogFile(file, { ...LIMITS, keep: 0 });
    for (const name of ['a', 'b']) log.write(LINE.replaceAll('x', name));
    expect(readdirSync(folder)).toEqual(['a.log']);
    expect(lines('a.log')[0]![0]).toBe('b');
  });

  it('counts lines that it cannot write, and reports the count with the next line', () => {
    mkdirSync(file);
    const log = new LogFile(file, { ...LIMITS, maxBytes: 1_000_000 });
    log.write('{"msg":"lost"}\n');
    log.write('{"msg":"lost too"}\n');
    rmSync(file, { recursive: true });
    log.write('{"msg":"there"}\n');
    const [told, there] = lines('a.log').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told).toMatchObject({ level: 40, lines: 2, msg: 'lines of the log could not be written and are lost' });
    expect(there).toEqual({ msg: 'there' });
  });
});

describe('the log of another process', () => {
  it('is truncated under its writer, which continues at the beginning', () => {
    const writer = openSync(file, 'a');
    writeSync(writer, LINE.repeat(2));
    tendLogs([file, join(folder, 'absent.log')], LIMITS, fail);
    writeSync(writer, 'next\n');
    closeSync(writer);
    expect(lines('a.log')).toEqual(['next']);
    expect(lines('a.log.1')).toHaveLength(2);
  });

  it('is left alone while it is small and recent', () => {
    appendFileSync(file, LINE);
    tendLogs([file], LIMITS, fail);
    expect(existsSync(`${file}.1`)).toBe(false);
  });
});

describe('age', () => {
  it('counts from the last rotation', () => {
    appendFileSync(file, LINE);
    appendFileSync(`${file}.1`, LINE);
    expect(isDue(file, LIMITS)).toBe(false);
    const past = new Date(Date.now() - 2 * LIMITS.maxAgeMs);
    utimesSync(`${file}.1`, past, past);
    expect(isDue(file, LIMITS)).toBe(true);
  });
});
