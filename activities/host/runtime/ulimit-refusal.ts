/**
 * Explains with name and value that an engine cannot set a ulimit, because the runtime's own message has neither. Pure.
 */

/** The kernel's resource limits in the order of their numbers, from 0. */
const RLIMITS = [
  'cpu',
  'fsize',
  'data',
  'stack',
  'core',
  'rss',
  'nproc',
  'nofile',
  'memlock',
  'as',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'rttime',
] as const;

export interface Ulimit {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
}

/** The ulimit that runc (`error setting rlimit type 7`) or crun (`setrlimit RLIMIT_NOFILE`) could not set. */
export function refusedUlimit(message: string): string | undefined {
  const number = /rlimit type (\d+)/.exec(message)?.[1];
  if (number !== undefined) return RLIMITS[Number(number)];
  return /RLIMIT_([A-Z]+)/.exec(message)?.[1]?.toLowerCase();
}

/** Says which ulimit is meant and what was requested. `most`: the most that the host allows, if it is known. */
export function ulimitRefusal(name: string, asked: Ulimit | undefined, most: number | undefined): string {
  const values = asked === undefined ? '' : ` to a soft limit of ${asked.Soft} and a hard limit of ${asked.Hard}`;
  const bound =
    most !== undefined && asked !== undefined && asked.Hard > most
      ? `the container instance allows at most ${most}`
      : 'that is more than the container engine may set';
  return `the ulimit ${name} cannot be set${values}: ${bound}`;
}
