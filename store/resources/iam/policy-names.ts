/** Managed policies by ARN and by id: rows of the account's own, and AWS's, which are no rows. */
import { iamArn, parseIamArn } from '../../../model/iam/arn.ts';
import { AWS_MANAGED_POLICIES, type AwsManagedPolicy } from '../../../model/iam/aws-managed/index.ts';
import { invalidInput, noSuchEntity, noSuchPolicy } from '../../../model/iam/refusals.ts';
import type { Queries } from '../../base/database.ts';

/** The account in the ARNs of AWS's own policies. */
const AWS = 'aws';

export const awsPolicyArn = (policy: AwsManagedPolicy): string => iamArn(AWS, 'policy', policy);

const AWS_BY_ID = new Map(AWS_MANAGED_POLICIES.map((policy) => [policy.id, policy]));
const AWS_BY_ARN = new Map(AWS_MANAGED_POLICIES.map((policy) => [awsPolicyArn(policy), policy]));

export const awsPolicyOfId = (id: string): AwsManagedPolicy | undefined => AWS_BY_ID.get(id);

/** The ARNs of some policies by their ids. */
export interface PolicyArns {
  /** The member of a record that names a permissions boundary; none if there is no boundary. */
  member(id: string | null): { readonly boundaryArn?: string };
}

export class PolicyNames {
  readonly #account: string;

  constructor(account: string) {
    this.#account = account;
  }

  /** The ARN of a policy of the account. */
  arnOf(policy: { readonly path: string; readonly name: string }): string {
    return iamArn(this.#account, 'policy', policy);
  }

  /** AWS's policy with this ARN; undefined if the ARN names one of the account. Throws InvalidInput and NoSuchEntity. */
  awsPolicy(arn: string): AwsManagedPolicy | undefined {
    const { account } = this.#parse(arn);
    if (account !== AWS) return undefined;
    const policy = AWS_BY_ARN.get(arn);
    if (!policy) throw noSuchPolicy(arn);
    return policy;
  }

  /** The id of the policy with this ARN; undefined if there is none. Throws InvalidInput for what is no policy's ARN. */
  async findId(queries: Queries, arn: string): Promise<string | undefined> {
    const { account, path, name } = this.#parse(arn);
    if (account === AWS) return AWS_BY_ARN.get(arn)?.id;
    if (account !== this.#account) return undefined;
    const [row] = await queries.rows<{ id: string }>('SELECT id FROM iam_policies WHERE name = $1 AND path = $2', [
      name,
      path,
    ]);
    return row?.id;
  }

  /** The same; throws NoSuchEntity if there is none. */
  async requireId(queries: Queries, arn: string): Promise<string> {
    const id = await this.findId(queries, arn);
    if (id === undefined) throw noSuchPolicy(arn);
    return id;
  }

  /** The id of a permissions boundary; null for none. Throws NoSuchEntity. */
  async boundaryId(queries: Queries, arn: string | undefined): Promise<string | null> {
    if (arn === undefined) return null;
    const id = await this.findId(queries, arn);
    if (id === undefined) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
    return id;
  }

  async arnsOf(queries: Queries, ids: readonly (string | null)[]): Promise<PolicyArns> {
    const wanted = [...new Set(ids.filter((id) => id !== null))];
    const local = wanted.filter((id) => !AWS_BY_ID.has(id));
    const rows =
      local.length === 0
        ? []
        : await queries.rows<{ id: string; path: string; name: string }>(
            'SELECT id, path, name FROM iam_policies WHERE id = ANY($1)',
            [local],
          );
    const arns = new Map(rows.map((row) => [row.id, this.arnOf(row)]));
    for (const id of wanted) {
      const policy = AWS_BY_ID.get(id);
      if (policy) arns.set(id, awsPolicyArn(policy));
    }
    return {
      member: (id) => {
        const boundaryArn = id === null ? undefined : arns.get(id);
        return boundaryArn === undefined ? {} : { boundaryArn };
      },
    };
  }

  #parse(arn: string) {
    const parsed = parseIamArn(arn);
    if (parsed?.type !== 'policy') throw invalidInput(`ARN ${arn} is not valid.`);
    return parsed;
  }
}
