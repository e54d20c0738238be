/** Memory of one process. */
import { readFileSync } from 'node:fs';

/** The resident set (VmRSS), in millions of bytes. */
export function residentMegabytes(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kib) * 1_024) / 1_000_000;
}
