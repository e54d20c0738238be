/** What every operation of IAM checks before it runs: constraints of members, and members that have no effect here. */
import type { Operation } from '../../operation.ts';
import { unsupportedMembers } from '../../protocol/validation-errors.ts';
import { checkConstraints } from './constraints.ts';

const UNSUPPORTED: Readonly<Record<string, readonly string[]>> = {
  SimulateCustomPolicy: ['OrderedOrganizationPolicyInputList', 'ResourceHandlingOption', 'ResourceOwner'],
  SimulatePrincipalPolicy: [
    'OrderedOrganizationPolicyInputList',
    'PolicyExclusionList',
    'ResourceHandlingOption',
    'ResourceOwner',
  ],
};

/** The operation behind the checks, which throw ValidationError. */
export const checked = (operation: Operation): Operation => ({
  ...operation,
  handle: (input: object, context) => {
    const unsupported = (UNSUPPORTED[operation.name] ?? []).filter((member) => member in input);
    if (unsupported.length > 0) throw unsupportedMembers(unsupported);
    checkConstraints(operation.name, input);
    return operation.handle(input as never, context);
  },
});
