/** Who calls, and the policies that say what they may do. */
import type { Partition } from '../../model/arn.ts';
import type { IamStore, HolderPolicies } from '../../store/contract/iam.ts';
import type { IamVersion } from './iam-version.ts';
import type { ContextValues } from './policy/context.ts';
import type { PolicySet } from './policy/decide.ts';
import { readPolicy } from './policy/document.ts';
import { ANONYMOUS, type Principal, rootOf } from './principal.ts';
import type { RoleSession, Session } from './session-tokens.ts';

export interface Caller {
  readonly principal: Principal;
  readonly policies: PolicySet;
  /** True with credentials that expire. */
  readonly temporary?: boolean;
  /** When its credentials were issued, in milliseconds since the epoch; absent with credentials that do not expire. */
  readonly issuedAt?: number;
  /** Present if the caller is a session of a role. */
  readonly session?: RoleSession;
}

/** The condition keys of a caller's session. */
export const sessionKeys = ({ issuedAt, session }: Caller): ContextValues => ({
  ...(issuedAt === undefined ? {} : { 'aws:TokenIssueTime': new Date(issuedAt).toISOString() }),
  ...(session?.sourceIdentity === undefined ? {} : { 'aws:SourceIdentity': session.sourceIdentity }),
  ...(session?.webIdentity === undefined
    ? {}
    : { 'aws:FederatedProvider': session.webIdentity.provider, ...session.webIdentity.keys }),
});

/** Whom verified credentials stand for. Those of a key name a user only; those of a session also the id. */
export type Owner = { readonly kind: 'root' } | { readonly kind: 'user'; readonly name: string } | Session['of'];

/** Root needs no policies. */
export const rootCaller = (partition: Partition): Caller => ({
  principal: rootOf(partition),
  policies: { identity: [] },
});

/** Who has no credentials may do what needs none. */
export const ANONYMOUS_CALLER: Caller = { principal: ANONYMOUS, policies: { identity: [] } };

/** A user or role with its policies, compiled. */
export interface Holder {
  readonly id: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly policies: PolicySet;
}

interface Kept {
  /** IAM's version when it was read. */
  readonly version: number;
  readonly holder: Holder | undefined;
}

const MOST_KEPT = 2_000;

/** Reads the policies of users and roles, and keeps them compiled until IAM's records change. */
export class Holders {
  readonly #store: Pick<IamStore, 'policiesOf'>;
  readonly #version: IamVersion;
  readonly #kept = new Map<string, Kept>();

  constructor(store: Pick<IamStore, 'policiesOf'>, version: IamVersion) {
    this.#store = store;
    this.#version = version;
  }

  /** undefined if there is no such user or role. */
  async find(kind: 'user' | 'role', name: string): Promise<Holder | undefined> {
    const key = `${kind}/${name}`;
    const version = await this.#version.current();
    const kept = this.#kept.get(key);
    if (kept?.version === version) return kept.holder;
    const read = await this.#store.policiesOf({ kind, name });
    const holder = read && compiled(read);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(key, { version: read?.version ?? version, holder });
    return holder;
  }
}

function compiled({ id, arn, tags, policies, boundary }: HolderPolicies): Holder {
  const identity = policies.map(({ source, name, arn: policyArn, holder, document }) =>
    source === 'inline'
      ? readPolicy('inline', `${holder.kind}/${holder.name}/${name}`, document)
      : readPolicy('managed', policyArn ?? name, document),
  );
  return {
    id,
    arn,
    tags: Object.fromEntries(tags.map(({ key, value }) => [key, value])),
    policies: {
      identity,
      ...(boundary === undefined ? {} : { boundary: readPolicy('managed', boundary.arn, boundary.document) }),
    },
  };
}

/** The user who calls, as policies see them. */
const userCaller = ({ id, arn, tags, policies }: Holder, { account }: Partition): Caller => ({
  principal: { kind: 'user', arn, account, userId: id, tags },
  policies,
});

type Tags = Readonly<Record<string, string>>;

/** The ARN of a role's session. */
export const sessionArn = (account: string, role: string, session: string): string =>
  `arn:aws:sts::${account}:assumed-role/${role}/${session}`;

/** Keys mean the same in any case. */
function mergedTags(ofRole: Tags, ofSession: Tags): Tags {
  const replaced = new Set(Object.keys(ofSession).map((key) => key.toLowerCase()));
  const kept = Object.entries(ofRole).filter(([key]) => !replaced.has(key.toLowerCase()));
  return { ...Object.fromEntries(kept), ...ofSession };
}

/** The session of a role that calls, as policies see it. The session's tags go before the role's. */
const roleCaller = (role: Holder, session: RoleSession, { account }: Partition): Caller => ({
  principal: {
    kind: 'assumed-role',
    arn: sessionArn(account, session.name, session.sessionName),
    roleArn: role.arn,
    account,
    userId: `${role.id}:${session.sessionName}`,
    tags: mergedTags(role.tags, session.tags),
  },
  policies: {
    ...role.policies,
    ...(session.policies === undefined
      ? {}
      : { session: session.policies.map(({ name, document }) => readPolicy('session', name, document)) }),
  },
  session,
});

/** The caller behind verified credentials; undefined if the user or role is gone. */
export async function callerOf(owner: Owner, holders: Holders, partition: Partition): Promise<Caller | undefined> {
  const temporary = owner.kind === 'root' ? 'temporary' in owner : 'id' in owner;
  if (owner.kind === 'root') return { ...rootCaller(partition), temporary };
  const holder = await holders.find(owner.kind, owner.name);
  if (holder === undefined || ('id' in owner && owner.id !== holder.id)) return undefined;
  const caller = owner.kind === 'user' ? userCaller(holder, partition) : roleCaller(holder, owner, partition);
  return { ...caller, temporary };
}
