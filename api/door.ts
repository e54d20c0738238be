/**
 * What a door is: one AWS service's API as Longshore answers it. Its SDK package describes every request and answer; its
 * operations do the work.
 */
import type { Asked } from './auth/authorize.ts';
import type { Operation, OperationContext } from './operation.ts';
import type { Catalogue } from './protocol/catalogue.ts';
import type { ShapeRefusals } from './protocol/shape-refusals.ts';

/** How clients name the service's operations: by an X-Amz-Target header, or by a form's Action and Version. */
export type DoorProtocol =
  | {
      readonly kind: 'json';
      readonly version: '1.0' | '1.1';
      readonly targetPrefix: string;
      /** Where clients do not agree on one: the other. */
      readonly otherPrefix?: string;
    }
  | { readonly kind: 'query'; readonly version: string; readonly namespace: string };

export interface Door {
  /** The service's name in a signature's scope and in policies, such as `ecs`. */
  readonly service: string;
  readonly protocol: DoorProtocol;
  readonly catalogue: Catalogue;
  /** The operations that are built, by name. */
  readonly operations: ReadonlyMap<string, Operation>;
  readonly refusals: ShapeRefusals;
  /**
   * What a call of the operation asks for, from its request: nothing but names is read before it is allowed. Empty for what
   * every caller may do.
   */
  readonly access: (
    operation: string,
    input: object,
    context: OperationContext,
  ) => readonly Asked[] | Promise<readonly Asked[]>;
  /** The part of `access` that is in the request alone, for whoever must not read for it. Absent: all of it is. */
  readonly named?: (operation: string, input: object, context: Pick<OperationContext, 'partition'>) => readonly Asked[];
  /** What to do in place of an operation that is not built, by its name. */
  readonly advice?: ReadonlyMap<string, string>;
  /** Operations that ask for no signature, because their request says in another way who calls. */
  readonly unsigned?: ReadonlySet<string>;
}

export const operationsByName = (operations: readonly Operation[]): ReadonlyMap<string, Operation> =>
  new Map(operations.map((operation) => [operation.name, operation]));

/** The operation that a target header names; undefined if it names none of the door's. */
export function operationOfTarget({ protocol }: Pick<Door, 'protocol'>, target: string): string | undefined {
  if (protocol.kind !== 'json') return undefined;
  const prefix = [protocol.targetPrefix, protocol.otherPrefix].find((each) => each && target.startsWith(each));
  return prefix && target.slice(prefix.length);
}
