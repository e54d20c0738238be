/** Users, groups and roles as requests name them, for operations that exist for each kind. */
import { type EntityKind, type EntityRef, KIND_WORDS } from '../../../model/iam/entity.ts';

/** The member that names the user, group or role. */
export interface HolderInput {
  readonly UserName?: string | undefined;
  readonly GroupName?: string | undefined;
  readonly RoleName?: string | undefined;
}

/** The user, group or role that the request names; its shape has made sure that it names one. */
export function holderIn(kind: EntityKind, input: HolderInput): EntityRef {
  const name = input[`${KIND_WORDS[kind]}Name`];
  if (name === undefined) throw new Error(`The request names no ${kind}.`);
  return { kind, name };
}

/** The same as a member of the answer, such as `UserName`. */
export const holderMember = ({ kind, name }: EntityRef): HolderInput => ({ [`${KIND_WORDS[kind]}Name`]: name });

/** Makes the operations of a family for each kind that has them. */
export const forKinds = <Made>(kinds: readonly EntityKind[], make: (kind: EntityKind, word: string) => Made): Made[] =>
  kinds.map((kind) => make(kind, KIND_WORDS[kind]));
