/** What may have policies: users, groups and roles. */

export type EntityKind = 'user' | 'group' | 'role';

/** A user, group or role as requests name it. */
export interface EntityRef {
  readonly kind: EntityKind;
  readonly name: string;
}

/** How the names of each kind begin and end in IAM's words, such as `UserName`. */
export const KIND_WORDS = { user: 'User', group: 'Group', role: 'Role' } as const satisfies Record<EntityKind, string>;

/** Roles below this path belong to an AWS service, which alone may change them. */
export const SERVICE_LINKED_PATH = '/aws-service-role/';
