/** The words that STS, IAM and other services of the Query protocol share for requests whose shape is wrong. */
import { AwsError } from '../../model/errors.ts';
import type { ShapeRefusals } from './shape-refusals.ts';

/** A value that a request may not have there. */
export interface Violation {
  readonly path: string;
  readonly value: unknown;
  /** Such as `Member must not be null`. */
  readonly constraint: string;
}

/** The refusal of one or more values, as AWS's validation words it. */
export function validationErrors(violations: readonly Violation[]): AwsError {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `;
  const texts = violations.map(
    ({ path, value, constraint }) =>
      `Value ${shown(value)} at '${memberName(path)}' failed to satisfy constraint: ${constraint}`,
  );
  return new AwsError('ValidationError', count + texts.join('; '));
}

/** The refusal of one value. */
export const validationError = (path: string, value: unknown, constraint: string): AwsError =>
  validationErrors([{ path, value, constraint }]);

/** The refusal of members that have no effect here. */
export const unsupportedMembers = (paths: readonly string[]): AwsError =>
  new AwsError('ValidationError', `Not supported by Longshore yet: ${paths.join(', ')}. Leave it out of the request.`);

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
  unknown: (_operation, paths) => unsupportedMembers(paths),
};
