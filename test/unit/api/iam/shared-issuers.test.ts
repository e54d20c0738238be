/** Trust policies for issuers that many organizations share must say whose identities they let in. */
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../../../api/iam/rules/documents.ts';

const HUB = 'token.actions.githubusercontent.com';
const arnOf = (issuer: string): string => `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
const trust = (condition: object | undefined, { issuer = HUB, ...more }: Record<string, unknown> = {}): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'ecs-tasks.amazonaws.com' }, Action: 'sts:AssumeRole' },
      {
        Effect: 'Allow',
        Principal: { Federated: arnOf(issuer as string) },
        Action: 'sts:AssumeRoleWithWebIdentity',
        ...(condition === undefined ? {} : { Condition: condition }),
        ...more,
      },
    ],
  });
const check = (text: string) => () => checkDocument('trust', text);
const sub = (value: unknown, operator = 'StringLike'): object => ({ [operator]: { [`${HUB}:sub`]: value } });

describe('a trust policy for an issuer that many share', () => {
  it.each([
    ['without a condition', trust(undefined)],
    ['that looks at the audience alone', trust({ StringEquals: { [`${HUB}:aud`]: 'sts.amazonaws.com' } })],
    ['that takes every subject', trust(sub('*'))],
    ['that takes every subject of some characters', trust(sub('?*?'))],
    ['that takes every subject beside some', trust(sub(['repo:octo/app:*', '*']))],
    ['that takes every subject but one', trust(sub('repo:evil/*', 'StringNotLike'))],
    ['that takes every subject that there is', trust({ Null: { [`${HUB}:sub`]: 'false' } })],
    ['of GitLab without a subject', trust(sub('repo:octo/*'), { issuer: 'gitlab.com' })],
    [
      'of Pulumi without an audience',
      trust({ StringEquals: { 'api.pulumi.com/oidc:sub': 'a' } }, { issuer: 'api.pulumi.com/oidc' }),
    ],
    ['among other principals', trust(undefined, { Principal: { Federated: [arnOf('id.example'), arnOf(HUB)] } })],
    ['among other actions', trust(undefined, { Action: ['sts:TagSession', 'STS:assumeRoleWithWebIdentity'] })],
  ])('%s is refused', (_what, text) => {
    expect(check(text)).toThrow(
      expect.objectContaining({
        code: 'MalformedPolicyDocument',
        message: expect.stringMatching(
          /^Many organizations share arn:.*: Statement 2 must have a condition, .* compares .*:(?:sub|aud) with/,
        ),
      }),
    );
  });

  it.each([
    ['that names subjects', trust(sub(['repo:octo/app:*', 'repo:octo/lib:ref:refs/heads/main']))],
    [
      'that names one exactly, in any case of the key',
      trust({ StringEquals: { [`${HUB}:SUB`]: 'repo:octo/app:pull_request' } }),
    ],
    ['that names one of several', trust(sub('repo:octo/*', 'ForAnyValue:StringLike'))],
    ['that denies', trust(undefined, { Effect: 'Deny' })],
    ['about another action', trust(undefined, { Action: 'sts:TagSession' })],
    [
      'of Pulumi with an audience',
      trust({ StringEquals: { 'api.pulumi.com/oidc:aud': 'octo' } }, { issuer: 'api.pulumi.com/oidc' }),
    ],
    [
      'of Azure Sentinel with the name of a session',
      trust(
        { StringEquals: { 'sts:RoleSessionName': 'MicrosoftSentinel_1' } },
        { issuer: 'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/' },
      ),
    ],
    ['that lets in all who have an account, and so nobody of an issuer', trust(undefined, { Principal: '*' })],
    ['that nobody shares', trust(undefined, { issuer: 'id.example' })],
  ])('%s is taken', (_what, text) => {
    expect(check(text)).not.toThrow();
  });
});
