/** The operator's bounds of every container, in Docker's create options. What a definition asks for within them stays. Pure. */
import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { ContainerLimits } from './types.ts';

const MIB = 1024 * 1024;
/** Drivers that write files on the host, and how many files each keeps by default. */
const FILES: Readonly<Record<string, number>> = { 'json-file': 1, local: 5 };
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

/** All files of a container's log together have the bound. A driver that keeps none on the host stays as it is. */
function boundedLog(
  given: LogConfig | undefined,
  { logMiB = 0, engineLogDriver }: ContainerLimits,
): LogConfig | undefined {
  const driver = given?.Type ?? engineLogDriver;
  const files = driver === undefined ? undefined : FILES[driver];
  if (driver === undefined || files === undefined) return given;
  const options = (given?.Config ?? {}) as Readonly<Record<string, string>>;
  const most = Math.max(1, Math.floor((logMiB * MIB) / LEAST_FILE_BYTES));
  const kept = Math.min(Number(options['max-file'] ?? files) || files, most);
  const size = Math.min(bytesOf(options['max-size']), Math.floor((logMiB * MIB) / kept));
  return { Type: driver, Config: { ...options, 'max-file': String(kept), 'max-size': String(size) } };
}

/** Infinity for no bound, and for what the engine will refuse. */
function bytesOf(text: string | undefined): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgt]?)i?b?$/i.exec(text ?? '') ?? [];
  return amount === '' ? Infinity : Math.floor(Number(amount) * (UNITS[unit.toLowerCase()] ?? 1));
}
