/** What there is: DescribeSecret, ListSecrets, ListSecretVersionIds. */
import type {
  DescribeSecretRequest,
  DescribeSecretResponse,
  ListSecretsRequest,
  ListSecretsResponse,
  ListSecretVersionIdsRequest,
  ListSecretVersionIdsResponse,
} from '@aws-sdk/client-secrets-manager';
import { AwsError } from '../../../model/errors.ts';
import { listKeyOf } from '../../../model/secrets/secret.ts';
import type { Operation } from '../../operation.ts';
import { pageOfAll, scanned, tokenPage } from '../../protocol/pages.ts';
import { listedSecret, listedVersion, presentSecret } from '../present.ts';
import { requireSecret } from '../rules/change.ts';
import { filterNames, filterOf } from '../rules/filters.ts';

const PAGE = 100;

export const badToken = (): AwsError => new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');

export const describeSecret: Operation<DescribeSecretRequest, DescribeSecretResponse> = {
  name: 'DescribeSecret',
  effect: 'reads',
  handle: async ({ SecretId }, context) => presentSecret(await requireSecret(context, SecretId)),
};

export const listSecrets: Operation<ListSecretsRequest, ListSecretsResponse> = {
  name: 'ListSecrets',
  effect: 'reads',
  async handle(input, { store }) {
    const { Filters: filters, SortOrder: order = 'desc', IncludePlannedDeletion: withDeleted = false } = input;
    const keep = filterOf(filters);
    const list = ['ListSecrets', order, String(withDeleted), ...filterNames(filters)];
    const { items, paging } = await tokenPage({ list, defaultSize: PAGE, badToken }, input, (page) =>
      scanned(page, { load: (batch) => store.listSecrets({ order, withDeleted }, batch), keep, keyOf: listKeyOf }),
    );
    return { SecretList: items.map(listedSecret), ...paging };
  },
};

export const listSecretVersionIds: Operation<ListSecretVersionIdsRequest, ListSecretVersionIdsResponse> = {
  name: 'ListSecretVersionIds',
  effect: 'reads',
  async handle(input, context) {
    const { IncludeDeprecated: withDeprecated = false } = input;
    const { arn, name, versions } = await requireSecret(context, input.SecretId);
    const shown = versions.filter(({ stages }) => withDeprecated || stages.length > 0);
    const list = ['ListSecretVersionIds', arn, String(withDeprecated)];
    const { items, paging } = await tokenPage({ list, defaultSize: PAGE, badToken }, input, (page) =>
      pageOfAll(shown, page, ({ id }) => id),
    );
    return { ARN: arn, Name: name, Versions: items.map(listedVersion), ...paging };
  },
};
