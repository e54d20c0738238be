/** Event patterns. */
import { describe, expect, it } from 'vitest';
import { type EventPattern, matchesPattern, patternFault } from '../../../model/event-pattern.ts';

const EVENT = {
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  resources: ['arn:task/c1/t1'],
  detail: {
    lastStatus: 'STOPPED',
    group: 'service:web',
    version: 4,
    containers: [
      { name: 'app', exitCode: 137 },
      { name: 'side', exitCode: 0 },
    ],
    connected: true,
    gone: null,
  },
};

const detail = (pattern: EventPattern): EventPattern => ({ detail: pattern });

describe('a pattern matches', () => {
  it.each<[EventPattern, boolean]>([
    [{ source: ['aws.ecs'] }, true],
    [{ source: ['aws.ec2'] }, false],
    [{ source: ['aws.ec2', 'aws.ecs'], 'detail-type': ['ECS Task State Change'] }, true],
    [{ source: ['aws.ecs'], 'detail-type': ['ECS Service Action'] }, false],
    [{ resources: [{ prefix: 'arn:task/c1/' }] }, true],
    [detail({ lastStatus: ['STOPPED'], containers: { exitCode: [137] } }), true],
    [detail({ containers: { name: ['side'], exitCode: [137] } }), false],
    [detail({ containers: { exitCode: [{ numeric: ['>', 0, '<=', 137] }] } }), true],
    [detail({ version: [{ numeric: ['=', 5] }] }), false],
    [detail({ version: ['4'] }), false],
    [detail({ connected: [true], gone: [null] }), true],
    [detail({ group: [{ suffix: ':web' }] }), true],
    [detail({ group: [{ prefix: { 'equals-ignore-case': 'SERVICE:' } }] }), true],
    [detail({ lastStatus: [{ 'equals-ignore-case': 'stopped' }] }), true],
    [detail({ group: [{ wildcard: 's*:w*b' }] }), true],
    [detail({ group: [{ wildcard: 'service:*web*' }] }), true],
    [detail({ group: [{ wildcard: 'ser*x*' }] }), false],
    [detail({ group: [{ wildcard: 'service:web*web' }] }), false],
    [detail({ lastStatus: [{ 'anything-but': 'RUNNING' }] }), true],
    [detail({ lastStatus: [{ 'anything-but': ['RUNNING', 'STOPPED'] }] }), false],
    [detail({ group: [{ 'anything-but': { prefix: 'service:' } }] }), false],
    [detail({ missing: [{ 'anything-but': 'x' }] }), false],
    [detail({ startedBy: [{ exists: false }] }), true],
    [detail({ lastStatus: [{ exists: false }] }), false],
    [detail({ lastStatus: [{ exists: true }] }), true],
    [detail({ missing: { deeper: [{ exists: false }] } }), true],
    [{ $or: [{ source: ['x'] }, { detail: { version: [4] } }] }, true],
    [{ $or: [{ source: ['x'] }, { detail: { version: [5] } }] }, false],
  ])('%j: %s', (pattern, passes) => {
    expect(patternFault(pattern)).toBeUndefined();
    expect(matchesPattern(pattern, EVENT)).toBe(passes);
  });
});

describe('a pattern is refused', () => {
  it.each<[unknown, RegExp]>([
    ['aws.ecs', /pattern must be an object/],
    [{}, /pattern must not be empty/],
    [{ source: 'aws.ecs' }, /pattern\.source must be an object/],
    [{ source: [] }, /pattern\.source must not be an empty list/],
    [{ detail: {} }, /pattern\.detail must not be empty/],
    [{ detail: { a: [{ cidr: '10.0.0.0/8' }] } }, /pattern\.detail\.a has a matcher that is not understood: {"cidr"/],
    [{ a: [{ prefix: 'a', suffix: 'b' }] }, /not understood/],
    [{ a: [{ numeric: ['>'] }] }, /not understood/],
    [{ a: [{ numeric: ['!', 1] }] }, /not understood/],
    [{ a: [{ 'anything-but': [] }] }, /not understood/],
    [{ a: [{ exists: 'yes' }] }, /not understood/],
    [{ $or: [{ a: ['b'] }] }, /at least two patterns/],
  ])('%j', (pattern, fault) => {
    expect(patternFault(pattern)).toMatch(fault);
  });
});
