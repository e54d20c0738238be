/** Files that hold keys. */
import * as fs from 'node:fs';

/** Whole or not at all, and never readable by others. */
export function writePrivate(file: string, text: string): void {
  fs.writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  fs.renameSync(`${file}.new`, file);
}
