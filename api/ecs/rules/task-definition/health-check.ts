/** Checks the health checks of containers. */
import type { ContainerRule } from './definition.ts';
import { eachContainer, nameOf, outside } from './definition.ts';

const healthCheck: ContainerRule = function* (container) {
  const check = container.healthCheck;
  if (check === undefined) return;
  const of = `of the healthCheck of container '${nameOf(container)}'`;
  const [kind, ...rest] = check.command ?? [];
  if (kind !== 'CMD' && kind !== 'CMD-SHELL') yield `The command ${of} must begin with CMD or CMD-SHELL.`;
  else if (rest.length === 0) yield `The command ${of} is empty after ${kind}.`;
  yield* outside(`The interval ${of}`, check.interval, [5, 300]);
  yield* outside(`The timeout ${of}`, check.timeout, [2, 60]);
  yield* outside(`The retries ${of}`, check.retries, [1, 10]);
  yield* outside(`The startPeriod ${of}`, check.startPeriod, [0, 300]);
};

export const healthCheckRule = eachContainer(healthCheck);
