/** The names in certificates of agents and of join tokens. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { agentName, holderOf, joinName } from '../../../api/agent-door/names.ts';
import { defined } from '../../../model/defined.ts';

const hex = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
const agent = fc.record({
  clusterName: fc.stringMatching(/^[a-zA-Z0-9_-]{1,255}$/),
  containerInstanceId: hex(32),
  availabilityZone: fc.option(fc.stringMatching(/^[\w.-]{1,128}$/), { nil: undefined }),
});

it('are read as they were written', () => {
  fc.assert(
    fc.property(agent, (each) => {
      expect(holderOf(`URI:${agentName(defined(each))}`)).toEqual({ kind: 'agent', ...defined(each) });
    }),
  );
  fc.assert(
    fc.property(hex(16), (tokenId) => {
      expect(holderOf(`URI:${joinName(tokenId)}`)).toEqual({ kind: 'join', tokenId });
    }),
  );
});

it('name two agents alike only if they are one', () => {
  fc.assert(fc.property(agent, agent, (a, b) => (agentName(defined(a)) === agentName(defined(b))) === same(a, b)));
});
const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

it.each([
  undefined,
  '',
  'DNS:agent-door.longshore.internal',
  `URI:longshore:agent/a/${'0'.repeat(31)}`,
  `URI:longshore:agent/a/b/${'0'.repeat(32)}`,
  `URI:longshore:agent/a/${'0'.repeat(32)}, URI:longshore:join/0123456789abcdef`,
  `DNS:longshore, URI:longshore:agent/a/${'0'.repeat(32)}`,
  `URI:longshore:agent/a/${'0'.repeat(32)}/z/y`,
  'URI:longshore:join/0123456789abcdeF',
])('are nobody’s: %s', (text) => {
  expect(holderOf(text)).toBeUndefined();
});
