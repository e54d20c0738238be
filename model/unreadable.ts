/** A part of a definition or a request that cannot be read. It is a value and not an exception, so that workflows can continue. */
export interface Unreadable {
  readonly kind: 'unreadable';
  /** What is wrong, for the caller. */
  readonly message: string;
}

export const unreadable = (message: string): Unreadable => ({ kind: 'unreadable', message });

export const isUnreadable = (value: object): value is Unreadable => 'kind' in value && value.kind === 'unreadable';
