/** The AssumeRole operation: temporary credentials of a role whose trust policy lets the caller in. */
import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import { defined } from '../../../model/defined.ts';
import type { Asked } from '../../auth/authorize.ts';
import type { Caller } from '../../auth/caller.ts';
import { readPolicy } from '../../auth/policy/document.ts';
import { requestTagKeys, resourceTagKeys } from '../../auth/tag-keys.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { unsupportedMembers } from '../../protocol/validation-errors.ts';
import { roleSeconds } from '../rules/durations.ts';
import { accessDenied, findRole } from '../rules/role.ts';
import { beginSession, checkSessionName, sessionPolicies, sessionTags } from '../rules/session.ts';

/** Second factors and contexts of other providers. */
const UNSUPPORTED = ['SerialNumber', 'TokenCode', 'ProvidedContexts', 'MinimumSessionTokenSize'] as const;

export const assumeRole: Operation<AssumeRoleRequest, AssumeRoleResponse> = {
  name: 'AssumeRole',
  effect: 'reads',
  async handle(input, context) {
    const { store, partition, caller, reads } = context;
    const { RoleArn: arn = '', RoleSessionName: sessionName = '' } = input;
    checkInput(input);
    const sourceIdentity = sourceIdentityOf(input, caller);
    if (caller.principal.kind === 'root') throw accessDenied('Roles may not be assumed by root accounts.');
    const { account } = partition;
    const role = await findRole(arn, { reads, account });
    if (role === undefined) {
      throw accessDenied(
        `User: ${caller.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      );
    }
    const tagging = sessionTags(input, caller.session);
    const policies = await sessionPolicies(input, store);
    const chained = caller.session !== undefined;
    const seconds = roleSeconds(input.DurationSeconds, { most: role.maxSessionSeconds, chained });
    const session = { ...tagging, ...defined({ sourceIdentity, policies }) };
    return {
      ...beginSession({ role, sessionName, seconds, session }, context),
      ...defined({ SourceIdentity: sourceIdentity }),
    };
  },
};

/** A session keeps the source identity of the session that begins it. */
function sourceIdentityOf({ SourceIdentity: asked }: AssumeRoleRequest, { session }: Caller): string | undefined {
  const kept = session?.sourceIdentity;
  if (kept !== undefined && asked !== undefined && asked !== kept) {
    throw accessDenied('The source identity of a session cannot be changed by assuming another role.');
  }
  return asked ?? kept;
}

function checkInput(input: AssumeRoleRequest): void {
  const unsupported = UNSUPPORTED.filter((member) => input[member] !== undefined);
  if (unsupported.length > 0) throw unsupportedMembers(unsupported);
  checkSessionName('roleSessionName', input.RoleSessionName);
  checkSessionName('sourceIdentity', input.SourceIdentity);
}

/** Both the caller's policies and the role's trust policy must allow it: to assume, and to bring tags along. */
export async function assumeRoleAccess(
  input: AssumeRoleRequest,
  { reads, partition }: OperationContext,
): Promise<readonly Asked[]> {
  const { RoleArn: arn = '', RoleSessionName = '', ExternalId, SourceIdentity, Tags = [] } = input;
  const role = await findRole(arn, { reads, account: partition.account });
  const trust = role === undefined ? {} : { trust: readPolicy('trust', role.name, role.trustPolicy) };
  const context = {
    'sts:RoleSessionName': RoleSessionName,
    ...(ExternalId === undefined ? {} : { 'sts:ExternalId': ExternalId }),
    ...(SourceIdentity === undefined ? {} : { 'sts:SourceIdentity': SourceIdentity }),
    ...(Tags.length === 0 ? {} : { 'sts:TransitiveTagKeys': input.TransitiveTagKeys ?? [] }),
    ...requestTagKeys(Tags.map(({ Key, Value }) => ({ key: Key, value: Value }))),
    ...resourceTagKeys('iam', role?.tags ?? []),
  };
  const actions = [
    'sts:AssumeRole',
    ...(Tags.length === 0 ? [] : ['sts:TagSession']),
    ...(SourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
  ];
  return actions.map((action) => ({ action, resources: [arn], context, ...trust }));
}
