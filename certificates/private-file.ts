/** Files that hold keys. */
import * as fs from 'node:fs';

/** It is written here first. */
const draftOf = (file: string): string => `${file}.new`;

/** Whole or not at all, and never readable by others. */
export function writePrivate(file: string, text: string): void {
  fs.writeFileSync(draftOf(file), text, { mode: 0o600, flush: true });
  fs.renameSync(draftOf(file), file);
}

/** Takes the room on disk that the next `writePrivate` of the file will need. Throws if the file cannot be written now. */
export const reservePrivate = (file: string, bytes: number): void =>
  fs.writeFileSync(draftOf(file), Buffer.alloc(bytes), { mode: 0o600, flush: true });
