/** How the policies of an identity, its boundary, its session and the resource decide together, and in which words. */
import { describe, expect, it } from 'vitest';
import { decide, type PolicySet, type ResourcePolicy, type Verdict } from '../../../../../api/auth/policy/decide.ts';
import { denialSentence } from '../../../../../api/auth/policy/denial.ts';
import type { Principal } from '../../../../../api/auth/policy/principals.ts';
import { ACCOUNT, aPolicy, aRequest, type Json, policyOf, ROLE_ARN, ROOT, SESSION, USER } from './builders.ts';

const ALLOW = aPolicy({ Sid: 'Yes' });
const DENY = aPolicy({ Sid: 'No', Effect: 'Deny' });
const SILENT = aPolicy({ Action: 'iam:*' });

const short = (verdict: Verdict): string => {
  if (verdict.decision === 'implicitDeny') return `no ${verdict.missing}`;
  return `${verdict.decision} by ${verdict.by === undefined ? 'root' : `${verdict.by.type} ${verdict.by.statement}`}`;
};

describe('the policies of an identity', () => {
  it.each<[string, PolicySet, string]>([
    ['none', { identity: [] }, 'no identity'],
    ['one that allows', { identity: [ALLOW] }, 'allowed by identity Yes'],
    ['one that is silent', { identity: [SILENT] }, 'no identity'],
    ['one that denies', { identity: [DENY] }, 'explicitDeny by identity No'],
    ['one that allows and one that denies', { identity: [ALLOW, DENY] }, 'explicitDeny by identity No'],
    ['a boundary that allows', { identity: [ALLOW], boundary: ALLOW }, 'allowed by identity Yes'],
    ['a boundary that is silent', { identity: [ALLOW], boundary: SILENT }, 'no boundary'],
    ['a boundary that denies', { identity: [ALLOW], boundary: DENY }, 'explicitDeny by boundary No'],
    ['a boundary alone', { identity: [], boundary: ALLOW }, 'no identity'],
    ['a session policy that allows', { identity: [ALLOW], session: [SILENT, ALLOW] }, 'allowed by identity Yes'],
    ['a session policy that is silent', { identity: [ALLOW], session: [SILENT] }, 'no session'],
    ['an empty list of session policies', { identity: [ALLOW], session: [] }, 'no session'],
    ['a session policy that denies', { identity: [ALLOW], session: [ALLOW, DENY] }, 'explicitDeny by session No'],
    ['a session policy alone', { identity: [], session: [ALLOW] }, 'no identity'],
    ['all three', { identity: [ALLOW], boundary: ALLOW, session: [ALLOW] }, 'allowed by identity Yes'],
  ])('%s', (_, policies, expected) => expect(short(decide(aRequest(), policies))).toBe(expected));

  it('root needs none, and no policy binds it', () => {
    const policies = { identity: [DENY], boundary: DENY, session: [DENY] };
    expect(short(decide(aRequest({ principal: ROOT }), policies))).toBe('allowed by root');
  });

  it('the verdict names the policy, and a statement without a Sid by its number', () => {
    const policy = { ...aPolicy({ Action: 'iam:*' }, { Action: 'ecs:*' }), name: 'arn:aws:iam::1:policy/p' };
    expect(decide(aRequest(), { identity: [SILENT, policy] })).toEqual({
      decision: 'allowed',
      by: { type: 'identity', policy: 'arn:aws:iam::1:policy/p', statement: '#2' },
    });
  });
});

/** The table of the IAM guide on the policy of a resource in the same account. */
describe('the policy of a resource', () => {
  const SERVICE: Principal = { kind: 'service', arn: 'ecs-tasks.amazonaws.com' };
  const WEB: Principal = { kind: 'web-identity', arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/issuer.example.com` };
  const named: Readonly<Record<string, Json | string>> = {
    user: { AWS: USER.arn },
    session: { AWS: SESSION.arn },
    role: { AWS: ROLE_ARN },
    account: { AWS: ACCOUNT },
    root: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    other: { AWS: '444455556666' },
    all: '*',
    allAws: { AWS: '*' },
    service: { Service: SERVICE.arn },
    web: { Federated: WEB.arn },
  };
  const resource = (type: 'trust' | 'resource', name: string, statement: Json = {}): ResourcePolicy => ({
    type,
    policy: policyOf(type, { Sid: 'Mine', Principal: named[name], ...statement }),
  });
  const action = 'sts:AssumeRole';

  it.each<[string, Principal, 'trust' | 'resource', string, Omit<PolicySet, 'resource'>, string]>([
    ['names the user', USER, 'resource', 'user', { identity: [] }, 'allowed by resource Mine'],
    ['names the user', USER, 'resource', 'user', { identity: [], boundary: SILENT }, 'allowed by resource Mine'],
    ['names the user', USER, 'resource', 'user', { identity: [DENY] }, 'explicitDeny by identity No'],
    ['names the user', USER, 'resource', 'user', { identity: [], boundary: DENY }, 'explicitDeny by boundary No'],
    ['names all', USER, 'resource', 'all', { identity: [] }, 'allowed by resource Mine'],
    ['names all of AWS', USER, 'resource', 'allAws', { identity: [] }, 'allowed by resource Mine'],
    ['names the account', USER, 'resource', 'account', { identity: [] }, 'no identity'],
    ['names the account', USER, 'resource', 'root', { identity: [ALLOW] }, 'allowed by identity Yes'],
    ['names another', USER, 'resource', 'other', { identity: [ALLOW] }, 'allowed by identity Yes'],
    ['names another', USER, 'resource', 'other', { identity: [] }, 'no identity'],
    ['names the session', SESSION, 'resource', 'session', { identity: [], session: [] }, 'allowed by resource Mine'],
    ['names the role', SESSION, 'resource', 'role', { identity: [] }, 'allowed by resource Mine'],
    ['names the role', SESSION, 'resource', 'role', { identity: [], session: [SILENT] }, 'no session'],
    ['names the role', SESSION, 'resource', 'role', { identity: [], boundary: SILENT }, 'no boundary'],
    ['names the user', SESSION, 'resource', 'user', { identity: [] }, 'no identity'],
    ['names the user', USER, 'trust', 'user', { identity: [] }, 'allowed by trust Mine'],
    ['names the account', USER, 'trust', 'account', { identity: [] }, 'no identity'],
    ['names the account', USER, 'trust', 'account', { identity: [ALLOW] }, 'allowed by identity Yes'],
    ['names another', USER, 'trust', 'other', { identity: [ALLOW] }, 'no trust'],
    ['names a service', SERVICE, 'trust', 'service', { identity: [] }, 'allowed by trust Mine'],
    ['names a service', USER, 'trust', 'service', { identity: [ALLOW] }, 'no trust'],
    ['names all of AWS', SERVICE, 'trust', 'allAws', { identity: [] }, 'no trust'],
    ['names all of AWS', SERVICE, 'resource', 'allAws', { identity: [] }, 'no resource'],
    // To allow, "*" means the same as all of AWS.
    ['names all', USER, 'trust', 'all', { identity: [] }, 'allowed by trust Mine'],
    ['names all', SESSION, 'trust', 'all', { identity: [] }, 'allowed by trust Mine'],
    ['names all', SERVICE, 'trust', 'all', { identity: [] }, 'no trust'],
    ['names all', SERVICE, 'resource', 'all', { identity: [] }, 'no resource'],
  ])('%s', (...row) => {
    const [, principal, type, name, policies, expected] = row;
    const request = aRequest({ principal, action, resource: ROLE_ARN });
    expect(short(decide(request, { ...policies, resource: resource(type, name) }))).toBe(expected);
  });

  it('names a provider, and the action is the one for it', () => {
    const trust = resource('trust', 'web', {
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { 'issuer.example.com:sub': 'repo:a/b' } },
    });
    const ask = (sub: string): string => {
      const context = { 'issuer.example.com:sub': sub };
      const request = aRequest({ principal: WEB, action: 'sts:AssumeRoleWithWebIdentity', context });
      return short(decide(request, { identity: [], resource: trust }));
    };
    expect(ask('repo:a/b')).toBe('allowed by trust Mine');
    expect(ask('repo:c/d')).toBe('no trust');
  });

  it.each([
    ['Allow', 'all', 'no trust'],
    ['Allow', 'allAws', 'no trust'],
    ['Deny', 'all', 'explicitDeny by trust Mine'],
    ['Deny', 'allAws', 'allowed by trust Web'],
  ])('to %s, that names %s: an identity of a provider, and a service', (effect, name, expected) => {
    const statement = { Sid: 'Mine', Effect: effect, Action: 'sts:AssumeRoleWithWebIdentity', Principal: named[name] };
    const both = { Federated: WEB.arn, Service: SERVICE.arn };
    const web = { Sid: 'Web', Action: 'sts:AssumeRoleWithWebIdentity', Principal: both };
    const policy = policyOf('trust', statement, ...(effect === 'Deny' ? [web] : []));
    for (const principal of [WEB, SERVICE]) {
      const request = aRequest({ principal, action: 'sts:AssumeRoleWithWebIdentity', resource: ROLE_ARN });
      expect(short(decide(request, { identity: [], resource: { type: 'trust', policy } }))).toBe(expected);
    }
  });

  it('may deny all but some', () => {
    const policies = (name: string): PolicySet => {
      const deny = { Effect: 'Deny', Principal: undefined, NotPrincipal: named[name] };
      return { identity: [ALLOW], resource: resource('resource', name, deny) };
    };
    expect(short(decide(aRequest(), policies('user')))).toBe('allowed by identity Yes');
    expect(short(decide(aRequest(), policies('account')))).toBe('allowed by identity Yes');
    expect(short(decide(aRequest({ principal: SESSION }), policies('user')))).toBe('explicitDeny by resource Mine');
  });

  it('counts by its most direct statement', () => {
    const policy = policyOf('trust', { Principal: named['account'] }, { Sid: 'Direct', Principal: named['user'] });
    const request = aRequest({ action, resource: ROLE_ARN });
    expect(short(decide(request, { identity: [], resource: { type: 'trust', policy } }))).toBe(
      'allowed by trust Direct',
    );
  });
});

/** The example of the IAM guide: Carlos and his buckets. */
describe('the example of Carlos', () => {
  const identity = [
    aPolicy(
      {
        Sid: 'AllowS3ListRead',
        Action: ['s3:GetBucketLocation', 's3:ListAllMyBuckets'],
        Resource: 'arn:aws:s3:::*',
      },
      {
        Sid: 'AllowS3Self',
        Action: 's3:*',
        Resource: ['arn:aws:s3:::carlossalazar/*', 'arn:aws:s3:::carlossalazar'],
      },
      { Sid: 'DenyS3Logs', Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::*log*' },
    ),
  ];
  const principal: Principal = { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/carlossalazar`, account: ACCOUNT };
  it.each<[string, string, string]>([
    ['s3:PutObject', 'carlossalazar/notes.txt', 'allowed by identity AllowS3Self'],
    ['s3:PutObject', 'carlossalazar-logs/today', 'explicitDeny by identity DenyS3Logs'],
    ['s3:GetBucketLocation', 'other', 'allowed by identity AllowS3ListRead'],
    ['s3:PutObject', 'other/notes.txt', 'no identity'],
  ])('%s on %s: %s', (action, name, expected) => {
    const request = aRequest({ principal, action, resource: `arn:aws:s3:::${name}` });
    expect(short(decide(request, { identity }))).toBe(expected);
  });
});

describe('denialSentence', () => {
  const subject = `User: ${USER.arn} is not authorized to perform: ecs:RunTask on resource: *`;
  const trust = (effect: string): ResourcePolicy => ({
    type: 'trust',
    policy: policyOf('trust', { Effect: effect, Action: 'sts:TagSession', Principal: '*' }),
  });
  const byResource: ResourcePolicy = {
    type: 'resource',
    policy: policyOf('resource', { Effect: 'Deny', Principal: '*' }),
  };
  it.each<[PolicySet, string]>([
    [{ identity: [] }, 'because no identity-based policy allows the ecs:RunTask action'],
    [{ identity: [ALLOW], boundary: SILENT }, 'because no permissions boundary allows the ecs:RunTask action'],
    [{ identity: [ALLOW], session: [SILENT] }, 'because no session policy allows the ecs:RunTask action'],
    [{ identity: [ALLOW], resource: trust('Allow') }, 'because no role trust policy allows the ecs:RunTask action'],
    [{ identity: [DENY] }, 'with an explicit deny in an identity-based policy'],
    [{ identity: [ALLOW], boundary: DENY }, 'with an explicit deny in a permissions boundary'],
    [{ identity: [ALLOW], session: [DENY] }, 'with an explicit deny in a session policy'],
    [{ identity: [ALLOW], resource: byResource }, 'with an explicit deny in a resource-based policy'],
  ])('%#', (policies, reason) => {
    const request = aRequest({ resource: '*' });
    const verdict = decide(request, policies);
    if (verdict.decision === 'allowed') throw new Error('It was allowed.');
    expect(denialSentence(request, verdict)).toBe(`${subject} ${reason}`);
  });

  it('names the role that was asked for', () => {
    const request = aRequest({ action: 'sts:TagSession', resource: ROLE_ARN });
    const verdict = decide(request, { identity: [ALLOW], resource: trust('Deny') });
    if (verdict.decision === 'allowed') throw new Error('It was allowed.');
    expect(denialSentence(request, verdict)).toBe(
      `User: ${USER.arn} is not authorized to perform: sts:TagSession on resource: ${ROLE_ARN} with an explicit deny in the role trust policy`,
    );
  });
});
