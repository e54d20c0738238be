/** Log files of bounded size and number: Longshore's own, and those of the servers that it starts. */
import * as fs from 'node:fs';

export interface LogLimits {
  /** A log is rotated when it would grow beyond this size … */
  readonly maxBytes: number;
  /** … or when its first line is older than this. */
  readonly maxAgeMs: number;
  /** The number of rotated logs to keep: `.1`, the newest, to `.<keep>`. */
  readonly keep: number;
}

/** True when the log must be rotated before `moreBytes` are written to it. */
export function isDue(file: string, limits: LogLimits, moreBytes = 0): boolean {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (stat === undefined || stat.size === 0) return false;
  if (stat.size + moreBytes > limits.maxBytes) return true;
  // A log begins when the one before it is rotated.
  const begun = fs.statSync(`${file}.1`, { throwIfNoEntry: false })?.mtimeMs ?? stat.birthtimeMs;
  return Date.now() - begun > limits.maxAgeMs;
}

/** Frees `.1`: renames each log to the next number and removes the oldest. Removes all beyond `keep`, which may have been larger before. */
function shift(file: string, keep: number): void {
  for (let number = Math.max(keep, 1); fs.existsSync(`${file}.${number}`); number += 1) {
    fs.rmSync(`${file}.${number}`);
  }
  for (let number = keep - 1; number >= 1; number -= 1) {
    if (fs.existsSync(`${file}.${number}`)) fs.renameSync(`${file}.${number}`, `${file}.${number + 1}`);
  }
}

/** Rotates a log that only this process writes to, by renaming it. */
export function setAside(file: string, { keep }: LogLimits): void {
  shift(file, keep);
  if (keep === 0) fs.rmSync(file, { force: true });
  else fs.renameSync(file, `${file}.1`);
}

/**
 * Rotates a log that another process holds open for appending: copies it, then empties it. The other process may outlive
 * this one, so its log cannot be a pipe of this process. Lines that it writes in between are lost, and on a full disk the
 * whole log is lost.
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

/** Rotates each log that is due. A log that cannot be rotated stays for the next time. */
export function tendLogs(files: readonly string[], limits: LogLimits, onFailure: (error: unknown) => void): void {
  for (const file of files) {
    try {
      if (isDue(file, limits)) copyAndEmpty(file, limits);
    } catch (error) {
      onFailure(error);
    }
  }
}

/** The first message of a log that can be written again. */
export const LOST_LINES = 'lines of the log could not be written and are lost';

/** Longshore's own log. A line that cannot be written is dropped and counted, and the caller goes on. */
export class LogFile {
  readonly #file: string;
  readonly #limits: LogLimits;
  #descriptor: number | undefined;
  #dropped = 0;
  /** The last write ended in the middle of a line. */
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
      // The log stays as it is, and the next line tries again.
    }
  }
}
