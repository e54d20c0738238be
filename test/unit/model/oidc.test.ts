/** URLs, ARNs and names of OpenID Connect providers. */
import { describe, expect, it } from 'vitest';
import { issuerOfArn, issuerOfUrl, oidcProviderArn, urlOfIssuer } from '../../../model/iam/oidc.ts';

describe('a URL of an issuer', () => {
  it.each([
    'token.actions.githubusercontent.com',
    'oidc.eks.us-east-1.amazonaws.com/id/ABC123',
    'tenant.auth0.com/',
    'localhost:8443/realms/x',
    '127.0.0.1:8443',
  ])('https://%s is one', (issuer) => {
    expect(issuerOfUrl(`https://${issuer}`)).toBe(issuer);
    const arn = oidcProviderArn('123456789012', issuer);
    expect(issuerOfArn('123456789012', arn)).toBe(issuer);
    expect(urlOfIssuer(issuer)).toBe(`https://${issuer}`);
  });

  it.each([
    ['http://id.example', /begin with https/],
    ['id.example', /begin with https/],
    ['https://', /host/],
    // The keys of such an issuer would be those of AWS.
    ['https://aws', /host/],
    ['https://sts/x', /host/],
    ['https://ID.example', /host/],
    ['https://user@id.example', /host/],
    ['https://id.example:99999', /host/],
    ['https://id.example/?a=b', /path/],
    ['https://id.example/#a', /path/],
    ['https://id.example/*', /path/],
    [`https://id.example/${'x'.repeat(255)}`, /255/],
  ])('%s is none', (url, fault) => {
    expect(issuerOfUrl(url)).toEqual({ fault: expect.stringMatching(fault) });
  });
});

it('an ARN of another account, or of something else, names no issuer', () => {
  for (const arn of [oidcProviderArn('999999999999', 'id.example'), oidcProviderArn('123456789012', ''), 'x']) {
    expect(issuerOfArn('123456789012', arn)).toBeUndefined();
  }
});
