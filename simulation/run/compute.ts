/** Where tasks of a step are to run, as the calls of the API have it. */
import type { Scenario } from '../scenario/scenario.ts';
import type { CapacityStrategy } from '../scenario/step.ts';

/** Members of CreateService, UpdateService, RunTask and CreateTaskSet. Tasks of FARGATE have a network of their own. */
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
