/** Who calls: what a request's credentials stand for. */
import type { Partition } from '../../model/arn.ts';
import type { Principal as PolicyPrincipal } from './policy/principals.ts';

/**
 * Root, a user, a session of a role, or nobody who is known. `userId`: of root the account, of a user `AIDA…`, of a session
 * `AROA…:NAME`.
 */
export type Principal = Extract<PolicyPrincipal, { readonly account: string }> & { readonly userId: string };

/** Who calls without credentials, in IAM's words for it. Of no account. */
export const ANONYMOUS: Principal = {
  ...{ kind: 'anonymous', arn: 'anonymous', account: 'anonymous', userId: 'anonymous' },
};

/** The account's root, who may do everything. */
export const rootOf = ({ account }: Pick<Partition, 'account'>): Principal => ({
  kind: 'root',
  arn: `arn:aws:iam::${account}:root`,
  account,
  userId: account,
});

/** The ARN under which its calls are counted: a role's sessions share theirs, because their names are free. */
export const countedAs = (principal: Principal): string =>
  principal.kind === 'assumed-role' ? principal.roleArn : principal.arn;
