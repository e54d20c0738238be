/** What every operation of Parameter Store checks before it runs: constraints of members, and members without an effect here. */
import type { Operation } from '../../operation.ts';
import { type Constraint, constraintCheck } from '../../protocol/constraints.ts';
import { notSupported } from '../refusals.ts';

const NAME: Constraint = { min: 1, max: 2048 };
const NAMES: Constraint = { min: 1, max: 10 };
const LABELS: Constraint = { min: 1, max: 10 };
const LABEL: Constraint = { min: 1, max: 100 };

const check = constraintCheck(
  {
    Name: NAME,
    Path: NAME,
    Names: NAMES,
    'Names[]': NAME,
    Value: { min: 1, max: 8192, hidden: true },
    Description: { max: 1024 },
    AllowedPattern: { max: 1024 },
    DataType: { max: 128 },
    KeyId: { min: 1, max: 256 },
    Labels: LABELS,
    'Labels[]': LABEL,
    MaxResults: { min: 1, max: 50 },
    'GetParametersByPath.MaxResults': { min: 1, max: 10 },
    'ParameterFilters[].Key': {
      min: 1,
      max: 132,
      pattern: String.raw`tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType`,
    },
    'ParameterFilters[].Option': { min: 1, max: 10 },
    'ParameterFilters[].Values': { min: 1, max: 50 },
    'ParameterFilters[].Values[]': { min: 1, max: 1024 },
    'Filters[].Values': { min: 1, max: 50 },
    'Filters[].Values[]': { min: 1, max: 1024 },
    Tags: { max: 1000 },
    'Tags[].Key': { min: 1, max: 128 },
    'Tags[].Value': { max: 256 },
    'TagKeys[]': { min: 1, max: 128 },
  },
  { code: 'ValidationException' },
);

/** Members that would have no effect, whatever their value. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['Policies', 'Shared']);
/** Other resources that tags of Systems Manager are for do not exist here. */
const RESOURCE_TYPE = 'Parameter';

/** The operation behind the checks, which throw ValidationException. */
export const checked = (operation: Operation): Operation => ({
  ...operation,
  handle: async (input: object, context) => {
    const unsupported = Object.keys(input).filter((member) => UNSUPPORTED.has(member));
    if (unsupported.length > 0) throw notSupported(unsupported.join(', '));
    const { ResourceType: type = RESOURCE_TYPE } = input as { readonly ResourceType?: string };
    if (type !== RESOURCE_TYPE) throw notSupported(`tags of the resource type ${type}`);
    check(operation.name, input);
    return operation.handle(input as never, context);
  },
});
