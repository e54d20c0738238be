/** What Longshore reads of issuers, over real TLS: from whom, how much, and what vouches for them. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IssuerDocuments } from '../../../../../api/auth/web-identity/issuer-documents.ts';
import { OidcIssuer } from '../../../../support/oidc-issuer.ts';

const PATH = '/keys';
const here = new IssuerDocuments({ loopback: true, allowed: [] });

let issuer: OidcIssuer;
beforeAll(async () => {
  issuer = await OidcIssuer.start();
});
afterEach(() => issuer.instead.clear());
afterAll(() => issuer.close());

const read = (documents = here, thumbprints = [issuer.thumbprint], url = `${issuer.url}${PATH}`) =>
  documents.read(new URL(url), thumbprints);

describe('an issuer', () => {
  it('with a certificate that a thumbprint names is read', async () => {
    expect(await read()).toMatchObject({ keys: [{ kid: 'first' }] });
    expect(
      await read(here, [issuer.thumbprint], `${issuer.url.replace('localhost', '127.0.0.1')}${PATH}`),
    ).toBeDefined();
  });

  it('with another certificate, or another name, is not', async () => {
    for (const thumbprints of [[], ['0'.repeat(40)]]) {
      await expect(read(here, thumbprints)).rejects.toMatchObject({
        code: 'InvalidIdentityToken',
        message: "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint",
      });
    }
    const elsewhere = `${issuer.url.replace('localhost', 'a.localhost')}${PATH}`;
    await expect(read(here, [issuer.thumbprint], elsewhere)).rejects.toMatchObject({ code: 'IDPCommunicationError' });
  });

  it('on this machine is not called where Longshore listens to others, unless the operator allows it', async () => {
    const shared = new IssuerDocuments({ loopback: false, allowed: [] });
    issuer.asked.length = 0;
    for (const url of [issuer.url, issuer.url.replace('localhost', '127.0.0.1'), 'https://169.254.169.254']) {
      await expect(read(shared, [issuer.thumbprint], `${url}${PATH}`)).rejects.toMatchObject({
        code: 'IDPCommunicationError',
        message: 'The identity provider gives no answer that can be used.',
        forLog: expect.stringContaining('Only LONGSHORE_WEBHOOK_ALLOW can allow it.'),
      });
    }
    expect(issuer.asked).toEqual([]);
    expect(await read(new IssuerDocuments({ loopback: false, allowed: ['127.0.0.0/8', '::1'] }))).toBeDefined();
  });

  it.each([
    ['sends elsewhere', { status: 302, body: '', location: 'https://169.254.169.254/' }, /it answers 302/],
    ['fails', { status: 500, body: '' }, /it answers 500/],
    ['answers without end', { body: 'x'.repeat(300_000) }, /more than 262144 bytes/],
    ['answers no JSON', { body: '<html>' }, /JSON/],
  ])('that %s is out of reach', async (_what, answer, message) => {
    issuer.instead.set(PATH, answer);
    await expect(read()).rejects.toMatchObject({
      code: 'IDPCommunicationError',
      message: 'The identity provider gives no answer that can be used.',
      forLog: expect.stringMatching(message),
    });
  });

  it('without TLS is not called', async () => {
    await expect(read(here, [], 'http://localhost:1/')).rejects.toMatchObject({
      forLog: expect.stringContaining('issuers answer by https'),
    });
  });
});
