/**
 * The rule of the host's packet filter that leads port 80 of the endpoint's address to an agent. There is one per machine: it
 * belongs to the agent whose id is in its comment. Pure.
 */
import { ENDPOINT_ADDRESS, ENDPOINT_PORT } from './variables.ts';

/** The chains of the table `nat`: packets of containers, and of the host itself. */
export const CHAINS = ['PREROUTING', 'OUTPUT'] as const;
export type Chain = (typeof CHAINS)[number];

const MARK = 'longshore-task-endpoint:';

export interface PortRule {
  readonly containerInstanceId: string;
  readonly port: number;
}

/** The rule as arguments of iptables, behind the chain's name. */
export const ruleArguments = ({ containerInstanceId, port }: PortRule): readonly string[] => [
  ...['-d', `${ENDPOINT_ADDRESS}/32`, '-p', 'tcp', '-m', 'tcp', '--dport', String(ENDPOINT_PORT)],
  ...['-m', 'comment', '--comment', `${MARK}${containerInstanceId}`],
  ...['-j', 'DNAT', '--to-destination', `${ENDPOINT_ADDRESS}:${port}`],
];

const RULE = new RegExp(`--comment "?${MARK}([0-9a-zA-Z-]+)"? -j DNAT --to-destination [\\d.]+:(\\d+)`);
/** Whatever else may take the packets first, as the rule of an engine that publishes port 80. */
const TAKES = /^-A \w+ .*-j \S+/;

/** What a chain has, from `iptables -S`. */
export interface ChainRules {
  /** Longshore's rules, in their order. */
  readonly ours: readonly PortRule[];
  /** Whether another rule comes before the first of them. */
  readonly isBehind: boolean;
}

export function readChain(listing: string): ChainRules {
  const ours: PortRule[] = [];
  let isBehind = false;
  for (const line of listing.split('\n')) {
    const [, containerInstanceId, port] = RULE.exec(line) ?? [];
    if (containerInstanceId !== undefined) ours.push({ containerInstanceId, port: Number(port) });
    else if (ours.length === 0 && TAKES.test(line)) isBehind = true;
  }
  return { ours, isBehind: isBehind && ours.length > 0 };
}

/** `set`: remove all of Longshore's rules and put the agent's own first. */
export type RuleStep = 'keep' | 'set' | 'leave to its owner';

/**
 * What an agent does about the rule. `isDead`: nobody has listened for long at the port to which another agent's rule leads, so
 * that agent is not being restarted.
 */
export function nextStep(chains: readonly ChainRules[], own: PortRule, isDead: (other: PortRule) => boolean): RuleStep {
  const first = chains.flatMap(({ ours }) => ours)[0];
  if (first === undefined) return 'set';
  if (first.containerInstanceId !== own.containerInstanceId) return isDead(first) ? 'set' : 'leave to its owner';
  const isWhole = chains.every(({ ours, isBehind }) => ours.length === 1 && ours[0]?.port === own.port && !isBehind);
  return isWhole ? 'keep' : 'set';
}
