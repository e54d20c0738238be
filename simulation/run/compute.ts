/** Where the tasks of a step will run, in the API's terms. */
import type { Scenario } from '../scenario/scenario.ts';
import type { CapacityStrategy } from '../scenario/step.ts';

/** Members for CreateService, UpdateService, RunTask and CreateTaskSet. FARGATE tasks have their own network. */
export function computeOf(
  scenario: Scenario,
  {
    tasks,
    capacityProviders,
  }: { readonly tasks?: string | undefined; readonly capacityProviders?: CapacityStrategy | undefined },
): Record<string, unknown> {
  const isFargate = tasks !== undefined && scenario.tasks[tasks]?.fargate === true;
  return {
    ...(capacityProviders === undefined
      ? {}
      : {
          capacityProviderStrategy: Object.entries(capacityProviders).map(([capacityProvider, { weight, base }]) => ({
            capacityProvider,
            weight,
            base,
          })),
        }),
    ...(isFargate
      ? {
          ...(capacityProviders === undefined ? { launchType: 'FARGATE' } : {}),
          networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
        }
      : {}),
  };
}
