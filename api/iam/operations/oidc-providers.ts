/** OpenID Connect providers: whose tokens AssumeRoleWithWebIdentity takes. */
import type {
  AddClientIDToOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse,
  DeleteOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderResponse,
  ListOpenIDConnectProvidersResponse,
  RemoveClientIDFromOpenIDConnectProviderRequest,
  UpdateOpenIDConnectProviderThumbprintRequest,
} from '@aws-sdk/client-iam';
import { oidcProviderArn } from '../../../model/iam/oidc.ts';
import type { Operation } from '../../operation.ts';
import { presentTags, tagsMember, toDate } from '../present.ts';
import { requireIssuerArn, requireIssuerUrl, requireThumbprints } from '../rules/oidc-providers.ts';
import { validTags } from '../rules/tags.ts';

/** Without thumbprints, IAM takes that of the certificate with which the issuer answers at that moment. */
const createProvider: Operation<CreateOpenIDConnectProviderRequest, CreateOpenIDConnectProviderResponse> = {
  name: 'CreateOpenIDConnectProvider',
  effect: 'records',
  async handle(input, { store, partition, now, webIdentities }) {
    const { Url: url = '', ClientIDList: clientIds = [], ThumbprintList: given = [] } = input;
    const issuer = requireIssuerUrl(url);
    const tags = validTags(input.Tags);
    const thumbprints = given.length > 0 ? requireThumbprints(given) : [await webIdentities.thumbprintOf(issuer)];
    await store.createOidcProvider({
      ...{ issuer, clientIds: [...new Set(clientIds)], thumbprints, createdAt: now, tags },
    });
    return { OpenIDConnectProviderArn: oidcProviderArn(partition.account, issuer), ...tagsMember(tags) };
  },
};

/** IAM shows the URL without its scheme. */
const getProvider: Operation<GetOpenIDConnectProviderRequest, GetOpenIDConnectProviderResponse> = {
  name: 'GetOpenIDConnectProvider',
  effect: 'reads',
  async handle({ OpenIDConnectProviderArn: arn = '' }, { store, partition }) {
    const found = await store.getOidcProvider(requireIssuerArn(partition.account, arn));
    return {
      Url: found.issuer,
      ClientIDList: [...found.clientIds],
      ThumbprintList: [...found.thumbprints],
      CreateDate: toDate(found.createdAt),
      Tags: presentTags(found.tags),
    };
  },
};

const listProviders: Operation<object, ListOpenIDConnectProvidersResponse> = {
  name: 'ListOpenIDConnectProviders',
  effect: 'reads',
  async handle(_input, { store, partition }) {
    const found = await store.listOidcProviders();
    return {
      OpenIDConnectProviderList: found.map(({ issuer }) => ({ Arn: oidcProviderArn(partition.account, issuer) })),
    };
  },
};

const deleteProvider: Operation<DeleteOpenIDConnectProviderRequest> = {
  name: 'DeleteOpenIDConnectProvider',
  effect: 'frees',
  async handle({ OpenIDConnectProviderArn: arn = '' }, { store, partition }) {
    await store.deleteOidcProvider(requireIssuerArn(partition.account, arn));
    return {};
  },
};

const updateThumbprint: Operation<UpdateOpenIDConnectProviderThumbprintRequest> = {
  name: 'UpdateOpenIDConnectProviderThumbprint',
  effect: 'records',
  async handle({ OpenIDConnectProviderArn: arn = '', ThumbprintList = [] }, { store, partition }) {
    await store.setOidcThumbprints(requireIssuerArn(partition.account, arn), requireThumbprints(ThumbprintList));
    return {};
  },
};

const addClientId: Operation<AddClientIDToOpenIDConnectProviderRequest> = {
  name: 'AddClientIDToOpenIDConnectProvider',
  effect: 'records',
  async handle({ OpenIDConnectProviderArn: arn = '', ClientID = '' }, { store, partition }) {
    await store.addOidcClientId(requireIssuerArn(partition.account, arn), ClientID);
    return {};
  },
};

const removeClientId: Operation<RemoveClientIDFromOpenIDConnectProviderRequest> = {
  name: 'RemoveClientIDFromOpenIDConnectProvider',
  effect: 'records',
  async handle({ OpenIDConnectProviderArn: arn = '', ClientID = '' }, { store, partition }) {
    await store.removeOidcClientId(requireIssuerArn(partition.account, arn), ClientID);
    return {};
  },
};

export const oidcProviders: readonly Operation[] = [
  createProvider,
  getProvider,
  listProviders,
  deleteProvider,
  updateThumbprint,
  addClientId,
  removeClientId,
];
