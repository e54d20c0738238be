/** The operator's bounds of every container, in Docker's create options. What a definition asks for within them stays. Pure. */
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { ContainerLimits } from './types.ts';

const MIB = 1024 * 1024;
/** Drivers that write files on the host, and how many files each keeps by default. */
const FILES: Readonly<Record<string, number>> = { 'json-file': 2, local: 5 };
/** An engine whose own options ask for compression refuses one file. */
const FEWEST_FILES = 2;
/** Of other drivers the engine keeps files of its own, so that it can show the log: so many, unless the container says otherwise. */
const CACHED_FILES = 5;
/** The engine reads the logs of the one where they are, and the other has none. */
const UNCACHED: ReadonlySet<string> = new Set(['journald', 'none']);
/** As Docker reads them. */
const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };
/** Docker refuses smaller files. */
const LEAST_FILE_BYTES = 16 * 1024;

/** The options with the bounds applied. */
export function withLimits<T extends ContainerCreateOptions>(options: T, limits: ContainerLimits): T {
  const { HostConfig: given = {} } = options;
  const log = limits.logMiB === undefined ? given.LogConfig : boundedLog(given.LogConfig, limits);
  const HostConfig: HostConfig = {
    ...given,
    ...(limits.pids === undefined ? {} : { PidsLimit: limits.pids }),
    ...(limits.openFiles === undefined ? {} : { Ulimits: boundedFiles(given.Ulimits, limits.openFiles) }),
    ...(log === undefined ? {} : { LogConfig: log }),
  };
  return { ...options, HostConfig };
}

type Ulimits = NonNullable<HostConfig['Ulimits']>;

function boundedFiles(given: Ulimits | undefined, most: number): Ulimits {
  const others = (given ?? []).filter(({ Name }) => Name !== 'nofile');
  const { Soft = most, Hard = most } = (given ?? []).find(({ Name }) => Name === 'nofile') ?? {};
  // -1 stands for no limit.
  const bounded = (limit: number): number => (limit < 0 ? most : Math.min(limit, most));
  return [...others, { Name: 'nofile', Soft: bounded(Soft), Hard: bounded(Hard) }];
}

type LogConfig = NonNullable<HostConfig['LogConfig']>;

/** All files of a container's log together have the bound, as does what waits in memory. */
function boundedLog(
  given: LogConfig | undefined,
  { logMiB = 0, engineLogDriver }: ContainerLimits,
): LogConfig | undefined {
  const driver = given?.Type ?? engineLogDriver;
  if (driver === undefined || UNCACHED.has(driver)) return given;
  const options = (given?.Config ?? {}) as Readonly<Record<string, string>>;
  const bound = logMiB * MIB;
  const files = FILES[driver];
  const [prefix, usual] = files === undefined ? ['cache-', CACHED_FILES] : ['', files];
  const most = Math.max(FEWEST_FILES, Math.floor(bound / LEAST_FILE_BYTES));
  const asked = Number(options[`${prefix}max-file`] ?? usual) || usual;
  const kept = Math.max(FEWEST_FILES, Math.min(asked, most));
  const size = Math.min(bytesOf(options[`${prefix}max-size`]), Math.floor(bound / kept));
  const buffer = options['max-buffer-size'];
  return {
    Type: driver,
    Config: {
      ...options,
      [`${prefix}max-file`]: String(kept),
      [`${prefix}max-size`]: String(size),
      ...(buffer !== undefined && bytesOf(buffer) > bound ? { 'max-buffer-size': String(bound) } : {}),
    },
  };
}

/** Infinity for no bound, and for what the engine will refuse. */
function bytesOf(text: string | undefined): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]?)i?b?$/i.exec(text ?? '') ?? [];
  return amount === '' ? Infinity : Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? 1));
}
