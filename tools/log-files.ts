/** Log files of bounded size and number: our own, and those that servers of ours write into. */
import * as fs from 'node:fs';

export interface LogLimits {
  /** A log is set aside when it would grow beyond this … */
  readonly maxBytes: number;
  /** … or was begun longer ago than this. */
  readonly maxAgeMs: number;
  /** Logs set aside that are kept: `.1`, the newest, to `.<keep>`. */
  readonly keep: number;
}

/** Whether the log must be set aside before `moreBytes` are written to it. */
export function isDue(file: string, limits: LogLimits, moreBytes = 0): boolean {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.size === 0) return false;
  if (stat.size + moreBytes > limits.maxBytes) return true;
  // It was begun when the one before it was set aside.
  const begun = fs.statSync(`${file}.1`, { throwIfNoEntry: false })?.mtimeMs ?? stat.birthtimeMs;
  return Date.now() - begun > limits.maxAgeMs;
}

/** Makes `.1` free: each goes one further, the oldest goes. Those beyond `keep` go too: it may have been more. */
function shift(file: string, keep: number): void {
  for (let number = Math.max(keep, 1); fs.existsSync(`${file}.${number}`); number += 1) {
    fs.rmSync(`${file}.${number}`);
  }
  for (let number = keep - 1; number >= 1; number -= 1) {
    if (fs.existsSync(`${file}.${number}`)) fs.renameSync(`${file}.${number}`, `${file}.${number + 1}`);
  }
}

/** Sets aside a log that this process alone writes to, by name. */
export function setAside(file: string, { keep }: LogLimits): void {
  shift(file, keep);
  if (keep === 0) fs.rmSync(file, { force: true });
  else fs.renameSync(file, `${file}.1`);
}

/**
 * Sets aside a log that another process holds open for appending: copied, then emptied. Such a process may outlive this
 * one, so its log must be no pipe of ours. Lines that are written in between are lost; on a full disk the whole log is.
 */
function copyAndEmpty(file: string, { keep }: LogLimits): void {
  shift(file, keep);
  try {
    if (keep > 0) fs.copyFileSync(file, `${file}.1`);
  } catch {
    fs.rmSync(`${file}.1`, { force: true });
  }
  const now = new Date();
  if (fs.existsSync(`${file}.1`)) fs.utimesSync(`${file}.1`, now, now);
  fs.truncateSync(file);
}

/** Sets aside whichever of the logs is due. One that cannot be is left for the next time. */
export function tendLogs(files: readonly string[], limits: LogLimits, onFailure: (error: unknown) => void): void {
  for (const file of files) {
    try {
      if (isDue(file, limits)) copyAndEmpty(file, limits);
    } catch (error) {
      onFailure(error);
    }
  }
}

/** What a log says when it takes lines again. */
export const LOST_LINES = 'lines of the log could not be written and are lost';

/** A log of our own. A line that cannot be written is dropped and counted: what is logged goes on. */
export class LogFile {
  readonly #file: string;
  readonly #limits: LogLimits;
  #descriptor: number | undefined;
  #dropped = 0;
  /** The last write ended within a line. */
  #broken = false;

  constructor(file: string, limits: LogLimits) {
    this.#file = file;
    this.#limits = limits;
  }

  write(line: string): void {
    try {
      this.#rotate(line);
      this.#descriptor ??= fs.openSync(this.#file, 'a', 0o600);
      if (this.#dropped > 0) this.#tellDropped(this.#descriptor);
      this.#put(this.#descriptor, line);
    } catch {
      this.#dropped += 1;
    }
  }

  #tellDropped(descriptor: number): void {
    const record = { level: 40, time: Date.now(), lines: this.#dropped, msg: LOST_LINES };
    this.#put(descriptor, `${JSON.stringify(record)}\n`);
    this.#dropped = 0;
  }

  #put(descriptor: number, line: string): void {
    const bytes = Buffer.from(this.#broken ? `\n${line}` : line);
    for (let done = 0; done < bytes.length;) {
      done += fs.writeSync(descriptor, bytes, done);
      this.#broken = done < bytes.length;
    }
  }

  #rotate(line: string): void {
    if (!isDue(this.#file, this.#limits, line.length)) return;
    if (this.#descriptor !== undefined) fs.closeSync(this.#descriptor);
    this.#descriptor = undefined;
    try {
      setAside(this.#file, this.#limits);
    } catch {
      // The log goes on as it is; the next line tries again.
    }
  }
}
