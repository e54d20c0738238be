/** A part of a definition or a request that cannot be understood. A value: workflows must be able to go on from it. */
export interface Unreadable {
  readonly kind: 'unreadable';
  /** What is wrong, for the caller. */
  readonly message: string;
}

export const unreadable = (message: string): Unreadable => ({ kind: 'unreadable', message });

export const isUnreadable = (value: object): value is Unreadable => 'kind' in value && value.kind === 'unreadable';
