/** Who calls: what a request's credentials stand for. */
import type { Partition } from '../../model/arn.ts';

export interface Principal {
  readonly kind: 'root' | 'user' | 'assumedRole';
  /** Such as `arn:aws:iam::123456789012:root` or `arn:aws:sts::000000000000:assumed-role/ROLE/SESSION`. */
  readonly arn: string;
  readonly account: string;
  /** IAM's unique id: of root the account, of a user `AIDA…`, of a role's session `AROA…:SESSION`. */
  readonly userId: string;
}

/** The account's root, who may do everything. */
export const rootOf = ({ account }: Pick<Partition, 'account'>): Principal => ({
  kind: 'root',
  arn: `arn:aws:iam::${account}:root`,
  account,
  userId: account,
});
