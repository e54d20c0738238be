/** Checks ranges and shapes of further container parameters. */
import type { ContainerRule, Rule } from './definition.ts';
import { containersOf, duplicates, eachContainer, nameOf, outside } from './definition.ts';

const MAX_IGNORED_EXIT_CODES = 50;
/** Docker stores time-outs in seconds in 32 bits. */
const MAX_TIMEOUT_SECONDS = 2 ** 31 - 1;

const limits: ContainerRule = function* (container) {
  const of = `of container '${nameOf(container)}'`;
  for (const { name, softLimit = 0, hardLimit = 0 } of container.ulimits ?? []) {
    // -1 stands for no limit.
    for (const [part, limit] of Object.entries({ softLimit, hardLimit })) {
      if (limit < -1) yield `The ${part} of ulimit '${name ?? ''}' ${of} must be -1 or greater, but is ${limit}.`;
    }
    if (hardLimit !== -1 && (softLimit > hardLimit || softLimit === -1)) {
      yield `The softLimit of ulimit '${name ?? ''}' ${of} must not be greater than its hardLimit.`;
    }
  }
  for (const name of duplicates((container.ulimits ?? []).map((ulimit) => ulimit.name ?? ''))) {
    yield `Ulimit '${name}' ${of} appears twice.`;
  }
  yield* outside(`The startTimeout ${of}`, container.startTimeout, [0, MAX_TIMEOUT_SECONDS]);
  yield* outside(`The stopTimeout ${of}`, container.stopTimeout, [0, MAX_TIMEOUT_SECONDS]);
  yield* outside(`The restartAttemptPeriod ${of}`, container.restartPolicy?.restartAttemptPeriod, [60, 1800]);
  for (const { name = '' } of container.environment ?? []) {
    if (name === '' || name.includes('='))
      yield `The environment variable name '${withoutValue(name)}' ${of} is invalid.`;
  }
  for (const host of container.extraHosts ?? []) {
    if (!host.hostname || !host.ipAddress) yield `An entry of extraHosts ${of} needs a hostname and an ipAddress.`;
  }
  if ((container.restartPolicy?.ignoredExitCodes ?? []).length > MAX_IGNORED_EXIT_CODES) {
    yield `At most ${MAX_IGNORED_EXIT_CODES} ignoredExitCodes are allowed ${of}.`;
  }
  if ((container.credentialSpecs ?? []).length > 1) yield `At most one credentialSpec is allowed ${of}.`;
};

export const limitsRule = eachContainer(limits);

/** The engine limits swap together with memory, so without a memory limit it would ignore maxSwap. */
export const swapRule: Rule = function* (definition) {
  if (definition.memory !== undefined) return;
  for (const container of containersOf(definition)) {
    if (container.linuxParameters?.maxSwap === undefined || container.memory !== undefined) continue;
    yield `The maxSwap of the linuxParameters of container '${nameOf(container)}' needs a memory limit of the container or of the task.`;
  }
};

/** What follows an equals sign is a value, and perhaps a secret. */
const withoutValue = (name: string): string => name.replace(/=.*$/s, '=…');
