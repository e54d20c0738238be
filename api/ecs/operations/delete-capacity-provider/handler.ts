/** The DeleteCapacityProvider operation. */
import type { DeleteCapacityProviderRequest, DeleteCapacityProviderResponse } from '@aws-sdk/client-ecs';
import { isFargateProvider } from '../../../../model/capacity-provider.ts';
import { EcsError } from '../../../../model/errors.ts';
import type { Operation } from '../../../operation.ts';
import { presentCapacityProvider } from '../../present/capacity-provider.ts';
import { providerNotFound, refuseManagedInstances, resolveProviderName } from '../../rules/capacity-provider.ts';

/** Makes a provider INACTIVE once no cluster uses it. Its instances stay registered. */
export const deleteCapacityProvider: Operation<DeleteCapacityProviderRequest, DeleteCapacityProviderResponse> = {
  name: 'DeleteCapacityProvider',
  effect: 'frees',
  async handle(input, { store, partition }) {
    refuseManagedInstances(input);
    const name = resolveProviderName(input.capacityProvider ?? '', partition);
    if (isFargateProvider(name)) {
      throw new EcsError(
        'ClientException',
        'The FARGATE and FARGATE_SPOT capacity providers are reserved and cannot be deleted.',
      );
    }
    const provider = await store.deleteCapacityProvider(name);
    if (provider === undefined) throw providerNotFound();
    return { capacityProvider: presentCapacityProvider(provider, partition, { includeTags: true }) };
  },
};
