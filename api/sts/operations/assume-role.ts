/** The AssumeRole operation: temporary credentials of a role whose trust policy lets the caller in. */
import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import type { Asked } from '../../auth/authorize.ts';
import { type Caller, sessionArn } from '../../auth/caller.ts';
import { readPolicy } from '../../auth/policy/document.ts';
import { requestTagKeys, resourceTagKeys } from '../../auth/tag-keys.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { unsupportedMembers, validationError } from '../../protocol/validation-errors.ts';
import { presentCredentials } from '../present.ts';
import { roleSeconds } from '../rules/durations.ts';
import { accessDenied, findRole } from '../rules/role.ts';
import { packedSize, sessionPolicies, sessionTags } from '../rules/session.ts';

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
/** Second factors and contexts of other providers. */
const UNSUPPORTED = ['SerialNumber', 'TokenCode', 'ProvidedContexts', 'MinimumSessionTokenSize'] as const;

export const assumeRole: Operation<AssumeRoleRequest, AssumeRoleResponse> = {
  name: 'AssumeRole',
  effect: 'reads',
  async handle(input, { store, partition, caller, tokens, now }) {
    const { RoleArn: arn = '', RoleSessionName: sessionName = '' } = input;
    checkInput(input);
    const sourceIdentity = sourceIdentityOf(input, caller);
    if (caller.principal.kind === 'root') throw accessDenied('Roles may not be assumed by root accounts.');
    const { account } = partition;
    const role = await findRole(arn, { store, account });
    if (role === undefined) {
      throw accessDenied(
        `User: ${caller.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
      );
    }
    const tagging = sessionTags(input, caller.session);
    const policies = await sessionPolicies(input, store);
    const chained = caller.session !== undefined;
    const seconds = roleSeconds(input.DurationSeconds, { most: role.maxSessionSeconds, chained });
    const credentials = tokens.issue(
      {
        ...{ kind: 'role', name: role.name, id: role.id, sessionName, ...tagging },
        ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        ...(policies === undefined ? {} : { policies }),
      },
      { now, seconds },
    );
    return {
      Credentials: presentCredentials(credentials),
      AssumedRoleUser: { AssumedRoleId: `${role.id}:${sessionName}`, Arn: sessionArn(account, role.name, sessionName) },
      PackedPolicySize: packedSize(policies, tagging.tags),
      ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
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
  for (const [member, text] of [
    ['roleSessionName', input.RoleSessionName],
    ['sourceIdentity', input.SourceIdentity],
  ] as const) {
    if (text !== undefined && !SESSION_NAME.test(text)) {
      throw validationError(member, text, 'Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}');
    }
  }
}

/** Both the caller's policies and the role's trust policy must allow it: to assume, and to bring tags along. */
export async function assumeRoleAccess(
  input: AssumeRoleRequest,
  { store, partition }: OperationContext,
): Promise<readonly Asked[]> {
  const { RoleArn: arn = '', RoleSessionName = '', ExternalId, SourceIdentity, Tags = [] } = input;
  const role = await findRole(arn, { store, account: partition.account });
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
