/** The capacity providers that a cluster may name while Longshore has no capacity providers of its own. */
import type { CreateClusterRequest } from '@aws-sdk/client-ecs';
import { invalid, unsupported } from '../../rules/refusals.ts';

/** AWS's own ones exist for every cluster without being created; naming them is common and harmless. */
const FARGATE_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];

/**
 * Lets the FARGATE providers be listed. A default strategy would change where tasks without a launch type go, which is
 * not built: it is refused rather than stored and ignored.
 */
export function checkCapacityProviders(
  input: Pick<CreateClusterRequest, 'capacityProviders' | 'defaultCapacityProviderStrategy'>,
): void {
  const { capacityProviders = [], defaultCapacityProviderStrategy = [] } = input;
  for (const provider of capacityProviders) {
    if (!FARGATE_PROVIDERS.includes(provider)) throw unsupported(`Capacity provider '${provider}'`);
  }
  for (const { capacityProvider } of defaultCapacityProviderStrategy) {
    if (capacityProvider === undefined || !capacityProviders.includes(capacityProvider)) {
      throw invalid(
        `The default capacity provider strategy may only use the cluster's capacity providers: '${capacityProvider ?? ''}' is none of them.`,
      );
    }
  }
  if (defaultCapacityProviderStrategy.length > 0) throw unsupported('defaultCapacityProviderStrategy');
}
