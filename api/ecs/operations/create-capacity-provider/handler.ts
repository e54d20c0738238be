/** The CreateCapacityProvider operation. */
import type { CreateCapacityProviderRequest, CreateCapacityProviderResponse } from '@aws-sdk/client-ecs';
import { EcsError } from '../../../../model/errors.ts';
import type { Operation } from '../../../operation.ts';
import { presentCapacityProvider } from '../../present/capacity-provider.ts';
import { checkProviderName, newProvider, refuseManagedInstances } from '../../rules/capacity-provider.ts';
import { validateTags } from '../../rules/tags.ts';

/**
 * Creates a capacity provider: a group of the container instances that register with its name. ECS requires an Auto
 * Scaling group; Longshore keeps and shows it, but has no machines to scale by it.
 */
export const createCapacityProvider: Operation<CreateCapacityProviderRequest, CreateCapacityProviderResponse> = {
  name: 'CreateCapacityProvider',
  effect: 'records',
  async handle(input, { store, partition, now }) {
    const { name = '' } = input;
    checkProviderName(name);
    refuseManagedInstances(input);
    const capacityProvider = await store.createCapacityProvider({
      name,
      status: 'ACTIVE',
      createdAt: now,
      autoScalingGroupProvider: newProvider(input.autoScalingGroupProvider),
      updateStatus: 'CREATE_COMPLETE',
      tags: validateTags(input.tags),
    });
    if (capacityProvider === undefined) {
      throw new EcsError(
        'ClientException',
        'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
      );
    }
    return { capacityProvider: presentCapacityProvider(capacityProvider, partition, { includeTags: true }) };
  },
};
