/** ECS's words for requests whose shape is wrong. */
import { EcsError, type EcsErrorCode } from '../../model/errors.ts';
import type { ShapeRefusals } from '../protocol/shape-refusals.ts';

/** RegisterTaskDefinition refuses everything with ClientException; all others use the fitting code. */
const refusesAs = (operation: string, fitting: EcsErrorCode): EcsErrorCode =>
  operation === 'RegisterTaskDefinition' ? 'ClientException' : fitting;

/** Messages for missing members where ECS has its own. */
const MISSING: Readonly<Record<string, string>> = {
  'DescribeTasks.tasks': 'Tasks cannot be empty.',
  'DescribeServices.services': 'Services cannot be empty.',
  'DescribeContainerInstances.containerInstances': 'Container instance cannot be empty.',
  'PutAttributes.attributes': 'attributes can not be empty',
  'DeleteAttributes.attributes': 'attributes can not be empty',
  'RegisterTaskDefinition.family': 'Family should not be null or empty.',
  'RegisterTaskDefinition.containerDefinitions': 'Container definitions should not be null or empty.',
};

/** Messages for values outside an enum where ECS has its own. */
const OUTSIDE: Readonly<Record<string, string>> = {
  launchType: 'launch type should be one of [EC2,FARGATE,EXTERNAL]',
};

export const ecsShapeRefusals: ShapeRefusals = {
  missing: (operation, path) =>
    new EcsError(
      refusesAs(operation, 'InvalidParameterException'),
      MISSING[`${operation}.${path}`] ?? `${path} can not be empty.`,
    ),
  outside: (operation, { path, values }) =>
    new EcsError(
      refusesAs(operation, 'InvalidParameterException'),
      OUTSIDE[path] ?? `${path} should be one of [${values.join(',')}]`,
    ),
  mistyped: (path, why) => new EcsError('SerializationException', `${path}: ${why}`),
  unknown: (operation, paths) =>
    new EcsError(
      refusesAs(operation, 'UnsupportedFeatureException'),
      `Not supported by Longshore yet: ${paths.join(', ')}. Leave it out of the request.`,
    ),
};
