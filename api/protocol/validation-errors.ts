/** The words that STS, IAM and other services of the Query protocol share for requests whose shape is wrong. */
import { AwsError } from '../../model/errors.ts';
import type { ShapeRefusals } from './shape-refusals.ts';

/** A value that a request may not have there. */
export interface Violation {
  readonly path: string;
  readonly value: unknown;
  /** Such as `Member must not be null`. */
  readonly constraint: string;
  /** The value is a secret, which the refusal does not show. */
  readonly hidden?: boolean;
}

/** The refusal of one or more values, as AWS's validation words it. */
export function validationErrors(violations: readonly Violation[], code = 'ValidationError'): AwsError {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected: `;
  const texts = violations.map(
    ({ path, value, constraint, hidden }) =>
      `Value ${hidden === true ? '' : `${shown(value)} `}at '${memberName(path)}' failed to satisfy constraint: ${constraint}`,
  );
  return new AwsError(code, count + texts.join('; '));
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

/** The same of services that speak JSON, as Secrets Manager and Systems Manager. */
export const jsonValidationRefusals: ShapeRefusals = {
  missing: (_operation, path) =>
    validationErrors([{ path, value: null, constraint: 'Member must not be null' }], 'ValidationException'),
  outside: (_operation, { path, values, value }) =>
    validationErrors(
      [{ path, value, constraint: `Member must satisfy enum value set: [${values.join(', ')}]` }],
      'ValidationException',
    ),
  mistyped: (path, why) => new AwsError('SerializationException', `${path}: ${why}`),
  unknown: (_operation, paths) =>
    new AwsError('ValidationException', `Not supported by Longshore yet: ${paths.join(', ')}.`),
};

export const validationRefusals: ShapeRefusals = {
  missing: (_operation, path) => validationError(path, null, 'Member must not be null'),
  outside: (_operation, { path, values, value }) =>
    validationError(path, value, `Member must satisfy enum value set: [${values.join(', ')}]`),
  mistyped: (path, why) => new AwsError('MalformedInput', `${memberName(path)}: ${why}`),
  unknown: (_operation, paths) => unsupportedMembers(paths),
};
