/** Keeps the rule for port 80 in place: an engine's restart or a reload of the firewall may drop it. */
import type { Logger } from 'pino';
import type { EpochMs } from '../../model/time.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import { CHAINS, type Chain, type ChainRules, nextStep, type PortRule, readChain, ruleArguments } from './port-rule.ts';
import { isListening } from './proc-net.ts';
import { ENDPOINT_ADDRESS } from './variables.ts';

/**
 * Another agent that is away for so long does not come back soon. Its containers that know a relative address would reach this
 * agent from then on, which does not know them.
 */
const DEAD_AFTER_MS = 600_000;
/** Seconds for which iptables waits for others that change the tables. */
const LOCK_SECONDS = '5';

export interface PortRuleKeeperDeps {
  readonly namespace: NetworkNamespace;
  readonly own: PortRule;
  readonly now: () => EpochMs;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

export class PortRuleKeeper {
  readonly #deps: PortRuleKeeperDeps;
  #ownsPort80 = false;
  /** Since when nobody listens at the port of another agent's rule. */
  #dead: { readonly port: number; readonly since: EpochMs } | undefined;
  #isUsable = true;

  constructor(deps: PortRuleKeeperDeps) {
    this.#deps = deps;
  }

  /** Whether port 80 led to this agent at the last look. */
  get ownsPort80(): boolean {
    return this.#ownsPort80;
  }

  /** Looks at the rule and sets it where it is this agent's to set. Without iptables, or without the right to use it, there is none. */
  async ensure(): Promise<void> {
    if (!this.#isUsable) return;
    const owned = this.#ownsPort80;
    try {
      this.#ownsPort80 = await this.#look();
    } catch (error) {
      this.#ownsPort80 = false;
      // An agent that had the rule tries again: the tables may have been locked.
      this.#isUsable = owned;
      const text = 'port 80 of the task endpoint is not this agent’s: containers get the address with its port';
      this.#deps.logger.info({ err: error }, text);
      return;
    }
    if (owned && !this.#ownsPort80) this.#deps.logger.warn('another agent has taken port 80 of the task endpoint');
  }

  /** Removes the agent's own rule. */
  async remove(): Promise<void> {
    if (!this.#ownsPort80) return;
    this.#ownsPort80 = false;
    const { containerInstanceId } = this.#deps.own;
    await this.#delete((rule) => rule.containerInstanceId === containerInstanceId, await this.#chains());
  }

  async #look(): Promise<boolean> {
    const { own } = this.#deps;
    const chains = await this.#chains();
    const other = chains.flatMap(({ ours }) => ours)[0];
    const isDead = other !== undefined && (await this.#isDead(other));
    const step = nextStep(chains, own, () => isDead);
    if (step === 'leave to its owner') return false;
    if (step === 'keep') return true;
    await this.#delete(() => true, chains);
    for (const chain of CHAINS) await this.#iptables('-I', chain, '1', ...ruleArguments(own));
    return this.#isFirst();
  }

  /** Of two agents that set their rules in the same moment, the one whose rule comes first has the port. */
  async #isFirst(): Promise<boolean> {
    const { containerInstanceId } = this.#deps.own;
    const chains = await this.#chains();
    if (chains.every(({ ours }) => ours[0]?.containerInstanceId === containerInstanceId)) return true;
    await this.#delete((rule) => rule.containerInstanceId === containerInstanceId, chains);
    return false;
  }

  async #isDead({ containerInstanceId, port }: PortRule): Promise<boolean> {
    const { namespace, own, now } = this.#deps;
    const listens =
      containerInstanceId === own.containerInstanceId ||
      isListening(await namespace.readNet('tcp'), { host: ENDPOINT_ADDRESS, port });
    if (listens) this.#dead = undefined;
    else if (this.#dead?.port !== port) this.#dead = { port, since: now() };
    return this.#dead !== undefined && now() - this.#dead.since >= DEAD_AFTER_MS;
  }

  async #chains(): Promise<readonly ChainRules[]> {
    const listings: ChainRules[] = [];
    for (const chain of CHAINS) listings.push(readChain(await this.#iptables('-S', chain)));
    return listings;
  }

  async #delete(which: (rule: PortRule) => boolean, chains: readonly ChainRules[]): Promise<void> {
    for (const [i, { ours }] of chains.entries())
      for (const rule of ours.filter(which)) await this.#iptables('-D', CHAINS[i] as Chain, ...ruleArguments(rule));
  }

  #iptables(...args: readonly string[]): Promise<string> {
    return this.#deps.namespace.run('iptables', '-w', LOCK_SECONDS, '-t', 'nat', ...args);
  }
}
