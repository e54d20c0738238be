/** Who calls: what a request's credentials stand for. */
import type { Partition } from '../../model/arn.ts';
import type { Principal as PolicyPrincipal } from './policy/principals.ts';

/** Root, a user, or a session of a role. `userId`: of root the account, of a user `AIDA…`, of a session `AROA…:NAME`. */
export type Principal = Extract<PolicyPrincipal, { readonly account: string }> & { readonly userId: string };

/** The account's root, who may do everything. */
export const rootOf = ({ account }: Pick<Partition, 'account'>): Principal => ({
  kind: 'root',
  arn: `arn:aws:iam::${account}:root`,
  account,
  userId: account,
});
