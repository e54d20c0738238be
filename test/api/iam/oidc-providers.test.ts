/** OpenID Connect providers over the IAM API. */
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetAccountSummaryCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  TagOpenIDConnectProviderCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OidcIssuer } from '../../support/oidc-issuer.ts';
import { withApi } from '../support/api-under-test.ts';
import { iamArnOf, withIam } from '../support/iam-calls.ts';

const api = withApi();
const iam = withIam(api);
const THUMBPRINT = 'ab'.repeat(20);
const create = (Url: string, input: object = {}) =>
  iam().send(new CreateOpenIDConnectProviderCommand({ Url, ThumbprintList: [THUMBPRINT], ...input }));
const get = (OpenIDConnectProviderArn: string) =>
  iam().send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));

let issuer: OidcIssuer;
beforeAll(async () => {
  issuer = await OidcIssuer.start();
});
afterAll(() => issuer.close());

describe('providers', () => {
  const arn = iamArnOf('oidc-provider/token.actions.githubusercontent.com');
  const OpenIDConnectProviderArn = arn;

  it('are created, read, changed, listed and deleted', async () => {
    const made = await create('https://token.actions.githubusercontent.com', {
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [THUMBPRINT.toUpperCase()],
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(made).toMatchObject({ OpenIDConnectProviderArn: arn, Tags: [{ Key: 'team', Value: 'a' }] });
    const { $metadata: _first, ...found } = await get(arn);
    expect(found).toEqual({
      Url: 'token.actions.githubusercontent.com',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: [THUMBPRINT],
      CreateDate: expect.any(Date),
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    await expect(create('https://token.actions.githubusercontent.com')).rejects.toMatchObject({
      name: 'EntityAlreadyExistsException',
    });
    for (const ClientID of ['b', 'b']) {
      await iam().send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }));
    }
    for (const ClientID of ['sts.amazonaws.com', 'none']) {
      await iam().send(new RemoveClientIDFromOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }));
    }
    const ThumbprintList = ['cd'.repeat(20)];
    await iam().send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn, ThumbprintList }));
    expect(await get(arn)).toMatchObject({ ClientIDList: ['b'], ThumbprintList });
    await iam().send(
      new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: [{ Key: 'Team', Value: 'b' }] }),
    );
    const tags = async () =>
      (await iam().send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn }))).Tags;
    expect(await tags()).toEqual([{ Key: 'Team', Value: 'b' }]);
    await iam().send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys: ['team'] }));
    expect(await tags()).toEqual([]);
    const listed = await iam().send(new ListOpenIDConnectProvidersCommand({}));
    expect(listed.OpenIDConnectProviderList).toEqual([{ Arn: arn }]);
    expect((await iam().send(new GetAccountSummaryCommand({}))).SummaryMap).toMatchObject({ Providers: 1 });
    for (let i = 0; i < 2; i++) {
      await iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    }
    await expect(get(arn)).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: `OpenIDConnect Provider not found for arn ${arn}`,
    });
  });

  it('without thumbprints have that of the certificate with which the issuer answers', async () => {
    const made = await create(issuer.url, { ThumbprintList: [] });
    expect((await get(made.OpenIDConnectProviderArn!)).ThumbprintList).toEqual([issuer.thumbprint]);
    await expect(create('https://localhost:1', { ThumbprintList: [] })).rejects.toMatchObject({
      name: 'OpenIdIdpCommunicationErrorException',
      message: expect.stringContaining('Give a ThumbprintList'),
    });
    await expect(create('https://169.254.169.254', { ThumbprintList: [] })).rejects.toMatchObject({
      name: 'OpenIdIdpCommunicationErrorException',
      message: expect.stringContaining('a link-local or metadata address'),
    });
  });

  it.each([
    ['a URL without https', 'http://id.example', {}, ['InvalidInputException', /begin with https/]],
    [
      'a thumbprint that is none',
      'https://id.example',
      { ThumbprintList: ['x'.repeat(40)] },
      ['InvalidInputException', /SHA-1/],
    ],
    ['a short thumbprint', 'https://id.example', { ThumbprintList: ['ab'] }, ['ValidationError', /thumbprintList/]],
    [
      'too many thumbprints',
      'https://id.example',
      { ThumbprintList: Array<string>(6).fill(THUMBPRINT) },
      ['ValidationError', /less than or equal to 5/],
    ],
    [
      'a tag of AWS',
      'https://id.example',
      { Tags: [{ Key: 'aws:x', Value: '' }] },
      ['InvalidInputException', /reserved/],
    ],
  ])('%s is refused', async (_what, url, input, [name, message]) => {
    await expect(create(url, input)).rejects.toMatchObject({ name, message: expect.stringMatching(message!) });
  });

  it('are a hundred at the most, and so are their client ids', async () => {
    const { store } = api();
    const many = Array.from({ length: 100 }, (_, i) => `c${i}`);
    await store.createOidcProvider({
      issuer: 'full.example',
      clientIds: many,
      thumbprints: [],
      createdAt: 0,
      tags: [],
    });
    const full = iamArnOf('oidc-provider/full.example');
    await expect(
      iam().send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: full, ClientID: 'more' })),
    ).rejects.toMatchObject({ name: 'LimitExceededException' });
    const { length } = await store.listOidcProviders();
    for (let i = length; i < 100; i++) {
      await store.createOidcProvider({
        issuer: `i${i}.example`,
        clientIds: [],
        thumbprints: [],
        createdAt: 0,
        tags: [],
      });
    }
    await expect(create('https://more.example')).rejects.toMatchObject({ name: 'LimitExceededException' });
  });
});
