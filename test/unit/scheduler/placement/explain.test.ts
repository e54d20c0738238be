/** The words for refused placements. */
import { describe, expect, it } from 'vitest';
import { explainForEvent, failureOf } from '../../../../scheduler/placement/explain.ts';
import type { Refusal } from '../../../../scheduler/placement/types.ts';

const ARN = 'arn:aws:ecs:us-east-1:123456789012:container-instance/default/abc';
const START = 'was unable to place a task because no container instance met all of its requirements.';
const END = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';
const closest = (text: string): string => `${START} The closest matching (container-instance abc) ${text} ${END}`;
const near = (refusal: Pick<Refusal, 'reason' | 'constraint'>): Refusal => ({
  ...refusal,
  nearestInstanceId: 'abc',
  counts: [{ reason: refusal.reason, instances: 1 }],
});

describe('explainForEvent', () => {
  it.each<[Refusal, string]>([
    [near({ reason: 'RESOURCE:CPU' }), closest('has insufficient CPU units available.')],
    [near({ reason: 'RESOURCE:MEMORY' }), closest('has insufficient memory available.')],
    [near({ reason: 'RESOURCE:PORTS' }), closest('is already using a port required by your task.')],
    [near({ reason: 'RESOURCE:GPU' }), closest('encountered error "RESOURCE:GPU".')],
    [near({ reason: 'ATTRIBUTE' }), closest('is missing an attribute required by your task.')],
    [near({ reason: 'AGENT' }), closest('encountered error "AGENT".')],
    [near({ reason: 'CONSTRAINT' }), closest('encountered error "MemberOf placement constraint unsatisfied".')],
    [
      near({ reason: 'CONSTRAINT', constraint: 'memberOf' }),
      closest('encountered error "MemberOf placement constraint unsatisfied".'),
    ],
    [
      near({ reason: 'CONSTRAINT', constraint: 'distinctInstance' }),
      closest('encountered error "DistinctInstance placement constraint unsatisfied".'),
    ],
    [
      { reason: 'NO_INSTANCES', counts: [] },
      `${START} Reason: No Container Instances were found in your cluster. ${END}`,
    ],
    [
      { reason: 'RESOURCE:MEMORY', counts: [{ reason: 'RESOURCE:MEMORY', instances: 1 }] },
      'was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.',
    ],
  ])('%o', (refusal, message) => {
    expect(explainForEvent(refusal)).toBe(message);
  });
});

describe('failureOf', () => {
  it.each<[Refusal, string]>([
    [near({ reason: 'RESOURCE:CPU' }), 'RESOURCE:CPU'],
    [near({ reason: 'RESOURCE:MEMORY' }), 'RESOURCE:MEMORY'],
    [near({ reason: 'RESOURCE:PORTS' }), 'RESOURCE:PORTS'],
    [near({ reason: 'RESOURCE:GPU' }), 'RESOURCE:GPU'],
    [near({ reason: 'ATTRIBUTE' }), 'ATTRIBUTE'],
    [near({ reason: 'AGENT' }), 'AGENT'],
    [near({ reason: 'CONSTRAINT', constraint: 'memberOf' }), 'MemberOf placement constraint unsatisfied'],
    [
      near({ reason: 'CONSTRAINT', constraint: 'distinctInstance' }),
      'DistinctInstance placement constraint unsatisfied',
    ],
  ])('%o', (refusal, reason) => {
    expect(failureOf(refusal, ARN)).toMatchObject({ arn: ARN, reason });
  });

  it('works without an ARN', () => {
    expect(failureOf({ reason: 'NO_INSTANCES', counts: [] })).toEqual({
      reason: 'No Container Instances were found in your cluster.',
      detail: 'The cluster has no container instance that takes tasks.',
    });
  });

  it('reports a lack of capacity to FARGATE, with the cause in the detail', () => {
    const refusal: Refusal = {
      reason: 'RESOURCE:MEMORY',
      counts: [
        { reason: 'RESOURCE:MEMORY', instances: 2 },
        { reason: 'ATTRIBUTE', instances: 1 },
      ],
    };
    expect(failureOf(refusal)).toEqual({
      reason: 'Capacity is unavailable at this time. Please try again later or in a different availability zone.',
      detail: '3 container instances refused: 2 with too little memory left, 1 without a required attribute.',
    });
  });

  it('distinguishes one instance from many', () => {
    expect(failureOf(near({ reason: 'AGENT' })).detail).toBe(
      '1 container instance refused: 1 whose agent is not connected.',
    );
  });
});
