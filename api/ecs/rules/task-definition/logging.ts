/** Checks log drivers and their required options. */
import type { ContainerRule } from './definition.ts';
import { containersOf, eachContainer } from './definition.ts';

const REQUIRED_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  awslogs: ['awslogs-group', 'awslogs-region'],
  splunk: ['splunk-token', 'splunk-url'],
};

const logConfiguration: ContainerRule = function* (container, definition) {
  const { logDriver, options = {}, secretOptions = [] } = container.logConfiguration ?? {};
  if (logDriver === undefined) return;
  const given = new Set([...Object.keys(options), ...secretOptions.map(({ name }) => name)]);
  for (const option of REQUIRED_OPTIONS[logDriver] ?? []) {
    if (!given.has(option)) yield `Log driver ${logDriver} requires options: ${option}`;
  }
  const router = containersOf(definition).some(({ firelensConfiguration }) => firelensConfiguration !== undefined);
  if (logDriver === 'awsfirelens' && !router) {
    yield 'Log driver awsfirelens requires a container with firelensConfiguration.';
  }
};

export const loggingRule = eachContainer(logConfiguration);
