/** The words that STS, IAM and other services of the Query protocol share for requests whose shape is wrong. */
import { AwsError } from '../../model/errors.ts';
import type { ShapeRefusals } from './shape-refusals.ts';

/** The refusal of one value, as AWS's validation words it. */
export const validationError = (path: string, value: unknown, constraint: string): AwsError =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value ${shown(value)} at '${memberName(path)}' failed to satisfy constraint: ${constraint}`,
  );

const shown = (value: unknown): string => {
  if (value === undefined || value === null) return 'null';
  return `'${typeof value === 'string' ? value : JSON.stringify(value)}'`;
};

/** AWS names members in the case of its own code: `roleArn`, `tags[0].key`. */
const memberName = (path: string): string => path.replaceAll(/(^|\.)([A-Z])/g, (part) => part.toLowerCase());

export const validationRefusals: ShapeRefusals = {
  missing: (_operation, path) => validationError(path, null, 'Member must not be null'),
  outside: (_operation, { path, values, value }) =>
    validationError(path, value, `Member must satisfy enum value set: [${values.join(', ')}]`),
  mistyped: (path, why) => new AwsError('MalformedInput', `${memberName(path)}: ${why}`),
  unknown: (_operation, paths) =>
    new AwsError(
      'ValidationError',
      `Not supported by Longshore yet: ${paths.join(', ')}. Leave it out of the request.`,
    ),
};
