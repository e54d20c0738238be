/** Checks log drivers and their options. */
import type { ContainerRule, Definition, Rule } from './definition.ts';
import { containersOf, eachContainer, nameOf } from './definition.ts';

const REQUIRED_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  awslogs: ['awslogs-region', 'awslogs-group'],
  splunk: ['splunk-token', 'splunk-url'],
};
const AWSLOGS_OPTIONS: readonly string[] = [
  ...[
    'awslogs-create-group',
    'awslogs-datetime-format',
    'awslogs-endpoint',
    'awslogs-group',
    'awslogs-multiline-pattern',
  ],
  ...['awslogs-region', 'awslogs-stream-prefix', 'max-buffer-size', 'mode'],
];
const MODES = ['blocking', 'non-blocking'];
/** As Docker reads sizes: `10m`, `512KB`, `1048576`. */
const SIZE = /^\d+(\.\d+)? ?([kmgt]i?b?|b)?$/i;

const logConfiguration: ContainerRule = function* (container, definition) {
  const { logDriver, options = {}, secretOptions = [] } = container.logConfiguration ?? {};
  if (logDriver === undefined) return;
  const given = new Set([...Object.keys(options), ...secretOptions.map(({ name }) => name)]);
  const missing = (REQUIRED_OPTIONS[logDriver] ?? []).filter((option) => !given.has(option));
  if (missing.length > 0) yield `Log driver ${logDriver} requires options: ${missing.join(', ')}`;
  const router = containersOf(definition).some(({ firelensConfiguration }) => firelensConfiguration !== undefined);
  if (logDriver === 'awsfirelens' && !router) {
    yield 'Log driver awsfirelens requires a container with firelensConfiguration.';
  }
  if (logDriver === 'awslogs') yield* awslogsOptions(options);
  if (logDriver !== 'awsfirelens') yield* modeOptions(nameOf(container), options);
};

type Options = Readonly<Record<string, string>>;

function* awslogsOptions(options: Options): Iterable<string> {
  const disallowed = Object.keys(options).filter((option) => !AWSLOGS_OPTIONS.includes(option));
  if (disallowed.length > 0) yield `Log driver awslogs disallows options: ${disallowed.join(', ')}`;
  const create = options['awslogs-create-group'];
  if (create !== undefined && create !== 'true') {
    yield "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.";
  }
  if (options['awslogs-datetime-format'] !== undefined && options['awslogs-multiline-pattern'] !== undefined) {
    yield 'Log driver awslogs allows only one of the options awslogs-datetime-format and awslogs-multiline-pattern.';
  }
}

/** What the engine itself would refuse at the launch. */
function* modeOptions(name: string, { mode, 'max-buffer-size': size }: Options): Iterable<string> {
  if (mode !== undefined && !MODES.includes(mode)) {
    yield `The log option mode of container '${name}' must be blocking or non-blocking.`;
  }
  if (size === undefined) return;
  if (!SIZE.test(size)) yield `The log option max-buffer-size of container '${name}' must be a size such as 10m.`;
  if (mode === 'blocking') yield `The log option max-buffer-size of container '${name}' needs the mode non-blocking.`;
}

export const loggingRule = eachContainer(logConfiguration);

/** On FARGATE the execution role writes the logs, into streams that need a prefix. */
export const fargateLoggingRule: Rule = function* (definition: Definition) {
  for (const { logConfiguration: log } of containersOf(definition)) {
    if (log?.logDriver !== 'awslogs') continue;
    if (log.options?.['awslogs-stream-prefix'] === undefined) {
      yield 'Log driver awslogs requires options: awslogs-stream-prefix';
    }
    if (!definition.executionRoleArn) {
      yield 'Fargate requires task definition to have execution role ARN to support log driver awslogs.';
    }
  }
};
