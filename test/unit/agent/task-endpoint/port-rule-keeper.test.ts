/** How the rule for port 80 is kept, beside other agents and on hosts where it cannot be. */
import { pino } from 'pino';
import { expect, it } from 'vitest';
import type { NetworkNamespace } from '../../../../agent/task-endpoint/network-namespace.ts';
import { PortRuleKeeper } from '../../../../agent/task-endpoint/port-rule-keeper.ts';

/** The chains of one host, as iptables changes them. */
class Tables {
  readonly chains: Record<string, string[]> = { PREROUTING: ['-m addrtype --dst-type LOCAL -j DOCKER'], OUTPUT: [] };
  readonly listening = new Set<number>();
  refuses: Error | undefined;

  readonly namespace: NetworkNamespace = {
    run: (program, ...args) => Promise.resolve().then(() => this.#run(program, args)),
    listen: () => Promise.reject(new Error('not here')),
    readNet: () =>
      Promise.resolve(
        [...this.listening]
          .map((port) => `0: 02AAFEA9:${port.toString(16).toUpperCase()} 00000000:0000 0A 0 0`)
          .join('\n'),
      ),
    close: () => undefined,
  };

  #run(program: string, args: readonly string[]): string {
    expect([program, ...args.slice(0, 4)]).toEqual(['iptables', '-w', '5', '-t', 'nat']);
    if (this.refuses !== undefined) throw this.refuses;
    const [command, name = '', ...rest] = args.slice(4);
    const chain = this.chains[name] ?? [];
    if (command === '-I') chain.splice(0, 0, rest.slice(1).join(' '));
    if (command === '-D') chain.splice(chain.indexOf(rest.join(' ')), 1);
    return [`-P ${name} ACCEPT`, ...chain.map((rule) => `-A ${name} ${rule}`)].join('\n');
  }
}

const logger = pino({ level: 'silent' });
function keeper(tables: Tables, letter: string, port: number) {
  const clock = { now: 0 };
  tables.listening.add(port);
  const own = { containerInstanceId: letter.repeat(32), port };
  const rule = new PortRuleKeeper({ namespace: tables.namespace, own, now: () => clock.now, logger });
  return { rule, clock };
}
const toOf = (tables: Tables) => Object.values(tables.chains).map(([first = '']) => /:(\d+)$/.exec(first)?.[1]);

it('is put first, put back and removed', async () => {
  const tables = new Tables();
  const { rule } = keeper(tables, 'a', 51_679);
  await rule.ensure();
  expect([rule.ownsPort80, toOf(tables)]).toEqual([true, ['51679', '51679']]);
  tables.chains['PREROUTING'] = ['-m addrtype --dst-type LOCAL -j DOCKER'];
  await rule.ensure();
  expect([rule.ownsPort80, toOf(tables)]).toEqual([true, ['51679', '51679']]);
  await rule.remove();
  expect(tables.chains).toEqual({ PREROUTING: ['-m addrtype --dst-type LOCAL -j DOCKER'], OUTPUT: [] });
});

it('belongs to the first agent, until that one has been gone for ten minutes', async () => {
  const tables = new Tables();
  const [first, second] = [keeper(tables, 'a', 51_679), keeper(tables, 'b', 51_680)];
  await first.rule.ensure();
  await second.rule.ensure();
  expect([first.rule.ownsPort80, second.rule.ownsPort80]).toEqual([true, false]);
  await second.rule.remove();
  expect(toOf(tables)).toEqual(['51679', '51679']);

  tables.listening.delete(51_679);
  await second.rule.ensure();
  second.clock.now = 599_000;
  await second.rule.ensure();
  expect(second.rule.ownsPort80).toBe(false);
  // It was only restarted.
  tables.listening.add(51_679);
  await second.rule.ensure();
  tables.listening.delete(51_679);
  second.clock.now = 700_000;
  await second.rule.ensure();
  expect(second.rule.ownsPort80).toBe(false);
  second.clock.now = 1_300_000;
  await second.rule.ensure();
  expect([second.rule.ownsPort80, toOf(tables)]).toEqual([true, ['51680', '51680']]);
  await first.rule.ensure();
  expect(first.rule.ownsPort80).toBe(false);
});

it('is not this agent’s without the right to set it, and an owner tries again', async () => {
  const tables = new Tables();
  const { rule } = keeper(tables, 'a', 51_679);
  await rule.ensure();
  tables.refuses = new Error('the tables are locked');
  await rule.ensure();
  expect(rule.ownsPort80).toBe(false);
  tables.refuses = undefined;
  await rule.ensure();
  expect(rule.ownsPort80).toBe(true);

  const locked = new Tables();
  locked.refuses = new Error('Permission denied (you must be root)');
  const other = keeper(locked, 'b', 51_680).rule;
  await other.ensure();
  expect(other.ownsPort80).toBe(false);
});
