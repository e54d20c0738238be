/** One sample of the engine's stats, and the rates between two. Pure. */
import { defined } from '../../model/defined.ts';

/** A line of `GET /containers/{id}/stats`, of which the agent reads these members and passes on all. */
export interface StatsSample {
  readonly read: string;
  readonly networks?: Readonly<Record<string, { readonly rx_bytes: number; readonly tx_bytes: number }>>;
}

export interface NetworkRates {
  readonly rx_bytes_per_sec: number;
  readonly tx_bytes_per_sec: number;
}

/** The engine's time of a sample of a container that does not run. */
export const isOfNoRun = ({ read }: StatsSample): boolean => read.startsWith('0001-');

/** Undefined without a network, and if no time has passed between the samples. */
export function networkRates(before: StatsSample, now: StatsSample): NetworkRates | undefined {
  const seconds = (Date.parse(now.read) - Date.parse(before.read)) / 1_000;
  if (before.networks === undefined || now.networks === undefined || !(seconds > 0)) return undefined;
  const rate = (member: 'rx_bytes' | 'tx_bytes'): number =>
    // A container that was started again counts from 0.
    Math.max(sum(now, member) - sum(before, member), 0) / seconds;
  return { rx_bytes_per_sec: rate('rx_bytes'), tx_bytes_per_sec: rate('tx_bytes') };
}

const sum = ({ networks = {} }: StatsSample, member: 'rx_bytes' | 'tx_bytes'): number =>
  Object.values(networks).reduce((total, network) => total + network[member], 0);

/** The two latest samples of a container. */
export interface Samples {
  readonly now: StatsSample;
  readonly before?: StatsSample;
}

/** The stats as ECS answers them. `network`: the samples of the container that holds the network, if that is another one. */
export function statsOf({ now, before }: Samples, network?: Samples): object {
  const networked = network ?? defined({ now, before });
  const rates = networked.before === undefined ? undefined : networkRates(networked.before, networked.now);
  return {
    ...now,
    ...defined({ networks: networked.now.networks, network_rate_stats: rates }),
  };
}
