/** Chooses host ports for ranges of container ports, so that no two containers that start at a time get the same ones. */
import { taskHex } from '../../task-hex.ts';
import { RuntimeError } from '../runtime/types.ts';
import type { ContainerRuntime, PublishedPorts } from '../runtime/types.ts';
import { chooseHostPorts, hostPortsOf } from './port-ranges.ts';
import type { PortKey, PortRange } from './port-ranges.ts';

/** Whether anybody on this machine listens on a port, beside the engine. */
export type PortIsFree = (port: number, protocol: 'tcp' | 'udp') => Promise<boolean>;

/** So many ranges with a port that a program has may come in the way. */
const MOST_CHOICES = 64;

export class HostPorts {
  readonly #runtime: Pick<ContainerRuntime, 'publishedPorts'>;
  readonly #isFree: PortIsFree;
  /** Ports of containers that the engine does not yet show as running. */
  readonly #promised = new Set<PortKey>();

  /** Without `isFree` only containers' ports count as taken. */
  constructor(runtime: Pick<ContainerRuntime, 'publishedPorts'>, isFree: PortIsFree = () => Promise.resolve(true)) {
    this.#runtime = runtime;
    this.#isFree = isFree;
  }

  /**
   * Runs the work with host ports for the ranges, none of the `fixed` ones, which nobody else is promised meanwhile. Rejects with
   * CannotStartContainerError if there are none.
   */
  async with<T>(
    {
      taskId,
      ranges,
      fixed = [],
    }: { readonly taskId: string; readonly ranges: readonly PortRange[]; readonly fixed?: readonly PortKey[] },
    work: (published: readonly PublishedPorts[]) => Promise<T>,
  ): Promise<T> {
    if (ranges.length === 0) return work([]);
    const seed = Number.parseInt(taskHex(taskId, '/ports').slice(0, 8), 16);
    const published = await this.#choose(ranges, seed, fixed);
    const keys = published.flatMap(hostPortsOf);
    try {
      return await work(published);
    } finally {
      for (const key of keys) this.#promised.delete(key);
    }
  }

  /** The ports are promised before anything else can run. */
  async #choose(
    ranges: readonly PortRange[],
    seed: number,
    fixed: readonly PortKey[],
  ): Promise<readonly PublishedPorts[]> {
    const taken = new Set([...((await this.#runtime.publishedPorts()) as ReadonlySet<PortKey>), ...fixed]);
    for (let choice = 0; choice < MOST_CHOICES; choice += 1) {
      const published = chooseHostPorts(ranges, new Set([...taken, ...this.#promised]), seed);
      if (published === undefined) break;
      const keys = published.flatMap(hostPortsOf);
      for (const key of keys) this.#promised.add(key);
      const busy = await this.#busyOf(keys);
      if (busy.length === 0) return published;
      for (const key of keys) this.#promised.delete(key);
      for (const key of busy) taken.add(key);
    }
    const asked = ranges.map(({ first, last, protocol }) => `${first}-${last}/${protocol}`).join(', ');
    throw new RuntimeError('CannotStartContainerError', `no range of free host ports for the container ports ${asked}`);
  }

  async #busyOf(keys: readonly PortKey[]): Promise<readonly PortKey[]> {
    const busy: PortKey[] = [];
    for (const key of keys) {
      const [port, protocol] = key.split('/');
      if (!(await this.#isFree(Number(port), protocol === 'udp' ? 'udp' : 'tcp'))) busy.push(key);
    }
    return busy;
  }
}
