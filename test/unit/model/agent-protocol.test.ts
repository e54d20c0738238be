/** Which protocols of agents and control planes go together. */
import { expect, it } from 'vitest';
import { agentTooFar, controlPlaneTooFar, speaks } from '../../../model/agent-protocol.ts';

it.each<[number, number | undefined, boolean]>([
  [1, undefined, true],
  [2, undefined, true],
  [3, undefined, false],
  [3, 1, false],
  [3, 2, true],
  [3, 3, true],
  [3, 4, true],
  [3, 5, false],
])('%s and %s: %s', (own, other, together) => {
  expect(speaks(own, other)).toBe(together);
  if (other !== undefined) expect(speaks(other, own)).toBe(together);
});

it.each([
  [
    agentTooFar(undefined, 3),
    'This agent speaks protocol 1, and the control plane 3: it is too old. Install the control plane’s version on this host',
  ],
  [
    agentTooFar(5, 3),
    'This agent speaks protocol 5, and the control plane 3: it is too new. Upgrade the control plane first',
  ],
  [controlPlaneTooFar(5, 3), 'This agent speaks protocol 3, and the control plane 5: it is too old.'],
  [controlPlaneTooFar(undefined, 3), 'This agent speaks protocol 3, and the control plane 1: it is too new.'],
])('says: %s', (text, expected) => {
  expect(text.replaceAll("'", '’')).toContain(expected);
});
