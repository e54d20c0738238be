/** The rule for port 80: what is read of a listing, and what an agent does about it. */
import { describe, expect, it } from 'vitest';
import { nextStep, readChain, ruleArguments } from '../../../../agent/task-endpoint/port-rule.ts';

const OWN = { containerInstanceId: 'a'.repeat(32), port: 51_679 };
const OTHER = { containerInstanceId: 'b'.repeat(32), port: 51_680 };

/** As iptables prints it: some versions put the comment in quotes. */
const line = ({ containerInstanceId, port }: typeof OWN, quote = '"'): string =>
  `-A PREROUTING -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -m comment --comment ${quote}longshore-task-endpoint:${containerInstanceId}${quote} -j DNAT --to-destination 169.254.170.2:${port}`;
const POLICY = '-P PREROUTING ACCEPT';
const DOCKER = '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER';
const chain = (...lines: string[]) => readChain([POLICY, ...lines, ''].join('\n'));

it('reads back what it writes, with and without quotes', () => {
  const written = `-A PREROUTING ${ruleArguments(OWN).join(' ')}`;
  expect(written).toBe(line(OWN, ''));
  for (const text of [written, line(OWN)]) expect(chain(text).ours).toEqual([OWN]);
});

const whole = chain(line(OWN), DOCKER);

describe('an agent', () => {
  it.each([
    ['keeps its rule where it comes first', [whole, whole], 'keep'],
    ['sets it where there is none', [chain(DOCKER), chain()], 'set'],
    ['sets it where one chain lacks it', [whole, chain(DOCKER)], 'set'],
    ['sets it where the engine’s own rule comes first', [chain(DOCKER, line(OWN)), whole], 'set'],
    ['sets it where it leads to an earlier port', [chain(line({ ...OWN, port: 51_700 })), whole], 'set'],
    ['sets it once where it is there twice', [chain(line(OWN), line(OWN)), whole], 'set'],
    ['leaves another agent’s rule', [chain(line(OTHER)), chain(line(OTHER))], 'leave to its owner'],
    ['leaves the rule of an agent that was first', [chain(line(OTHER), line(OWN)), whole], 'leave to its owner'],
  ] as const)('%s', (_, chains, step) => {
    expect(nextStep(chains, OWN, () => false)).toBe(step);
  });

  it('takes over the rule of an agent that is gone', () => {
    const asked: unknown[] = [];
    const isDead = (rule: unknown) => asked.push(rule) > 0;
    expect(nextStep([chain(line(OTHER)), chain()], OWN, isDead)).toBe('set');
    expect(asked).toEqual([OTHER]);
  });
});
