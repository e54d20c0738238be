/** The UpdateCapacityProvider operation. */
import type { UpdateCapacityProviderRequest, UpdateCapacityProviderResponse } from '@aws-sdk/client-ecs';
import type { Operation } from '../../../operation.ts';
import { presentCapacityProvider } from '../../present/capacity-provider.ts';
import {
  changedProvider,
  providerNotFound,
  refuseManagedInstances,
  resolveProviderName,
} from '../../rules/capacity-provider.ts';
import { invalid } from '../../rules/refusals.ts';

/** Changes the scaling and draining settings that the call names, and keeps the others. */
export const updateCapacityProvider: Operation<UpdateCapacityProviderRequest, UpdateCapacityProviderResponse> = {
  name: 'UpdateCapacityProvider',
  effect: 'records',
  async handle(input, { store, partition }) {
    refuseManagedInstances(input);
    if (input.autoScalingGroupProvider === undefined) throw invalid('autoScalingGroupProvider must be specified.');
    const name = resolveProviderName(input.name ?? '', partition);
    const [before] = await store.getCapacityProviders([name]);
    if (before?.autoScalingGroupProvider === undefined) throw providerNotFound();
    const changed = changedProvider(before.autoScalingGroupProvider, input.autoScalingGroupProvider);
    const provider = await store.updateCapacityProvider(name, changed);
    if (provider === undefined) throw providerNotFound();
    return { capacityProvider: presentCapacityProvider(provider, partition, { includeTags: true }) };
  },
};
