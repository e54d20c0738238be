/** The state with which lost workflows start again. */
import { describe, expect, it } from 'vitest';
import { carriedRunTask } from '../../../worker/carried-state.ts';
import { aTask } from '../../../fixtures/records.ts';
import { aDefinition } from '../../store/builders.ts';

describe('carriedRunTask', () => {
  it('lets a waiting task continue to wait, with the placement rules of its call', () => {
    const placement = {
      placementConstraints: [{ type: 'distinctInstance' }],
      placementStrategy: [{ type: 'binpack', field: 'cpu' }],
    } as const;
    const waiting = aTask({ lastStatus: 'PROVISIONING', capacityProviderName: 'pool', placement });
    const placed = aTask({ containerInstanceId: 'i1', capacityProviderName: 'pool', availabilityZone: 'z' });
    const definition = { definition: aDefinition('web', 1), tags: [] };
    const { command, tasks } = carriedRunTask([placed, waiting], definition);
    expect(command).toMatchObject(placement);
    expect(tasks).toMatchObject([
      { containerInstanceId: 'i1', capacityProviderName: 'pool', availabilityZone: 'z' },
      { containerInstanceId: '', capacityProviderName: 'pool', lastStatus: 'PROVISIONING' },
    ]);
  });
});
