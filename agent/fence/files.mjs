// @ts-check
/** The fence's files in the agent's folder, the machine's clock, and the processes that the files name. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { decodeLease, encodeLease } from './lease.mjs';

/** @typedef {import('./lease.mjs').Lease} Lease */

const READS = 20;
/** Tasks that were fenced earlier have been reported long ago. */
const REMEMBERED_TASKS = 2_000;

/** Milliseconds since the boot, sleep included (CLOCK_BOOTTIME), rounded down to 10 ms. */
export const sinceBoot = () => Math.floor(os.uptime() * 1000);

/** Names this boot of the machine. Throws where there is no such name: only Linux has one. */
export const bootId = () => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();

/** @param {string} folder */
export const filesIn = (folder) => ({
  lease: path.join(folder, 'lease'),
  fencedTasks: path.join(folder, 'fenced-tasks'),
  guard: path.join(folder, 'guard'),
  log: path.join(folder, 'guard.log'),
});

/**
 * Undefined: no lease of this boot.
 * @param {string} file
 * @returns {Lease | undefined}
 */
export function readLease(file) {
  for (let i = 0; i < READS; i += 1) {
    const text = readText(file);
    const lease = text === undefined ? undefined : decodeLease(text, bootId());
    if (lease !== 'torn') return lease;
  }
  return undefined;
}

/**
 * @param {string} file
 * @param {Lease} lease
 */
export function writeLease(file, lease) {
  const fd = fs.openSync(file, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
  try {
    fs.writeSync(fd, encodeLease(lease, bootId()), 0);
  } finally {
    fs.closeSync(fd);
  }
}

/**
 * Ids of tasks that the guard has stopped.
 * @param {string} folder
 */
export const readFencedTasks = (folder) =>
  new Set((readText(filesIn(folder).fencedTasks) ?? '').split('\n').filter((line) => line !== ''));

/**
 * The guard alone writes them.
 * @param {string} folder
 * @param {readonly string[]} taskIds
 */
export function addFencedTasks(folder, taskIds) {
  const file = filesIn(folder).fencedTasks;
  const all = [...new Set([...readFencedTasks(folder), ...taskIds])].slice(-REMEMBERED_TASKS);
  fs.writeFileSync(`${file}.new`, all.map((id) => `${id}\n`).join(''), { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/**
 * When the process began, in the kernel's own count: with the pid it names one process of this boot. Undefined: there is none.
 * @param {number} pid
 */
function startOf(pid) {
  const stat = readText(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined || fields[0] === 'Z' ? undefined : fields[19];
}

/** @param {string} folder */
export function writeGuard(folder) {
  const file = filesIn(folder).guard;
  fs.writeFileSync(`${file}.new`, `${process.pid} ${startOf(process.pid) ?? ''} ${bootId()}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}

/**
 * The pid of the guard that the folder names; undefined if that process has ended.
 * @param {string} folder
 */
export function readGuard(folder) {
  const [pid, start, boot] = (readText(filesIn(folder).guard) ?? '').trim().split(' ');
  if (pid === undefined || boot !== bootId()) return undefined;
  return startOf(Number(pid)) === start ? Number(pid) : undefined;
}

/**
 * Ends the guard that the folder names. It has no state of its own, so SIGKILL does no harm.
 * @param {string} folder
 */
export function endGuard(folder) {
  const pid = readGuard(folder);
  if (pid === undefined || pid === process.pid) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}

/**
 * @param {string} file
 * @returns {string | undefined}
 */
function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
