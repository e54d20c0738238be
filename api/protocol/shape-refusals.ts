/** How a service words the refusal of a request whose shape is wrong. */
import type { AwsError } from '../../model/errors.ts';

export interface ShapeRefusals {
  /** A required member is missing. `path` is as in `containerDefinitions[0].name`. */
  readonly missing: (operation: string, path: string) => AwsError;
  /** A text is none of its enum's values. */
  readonly outside: (
    operation: string,
    at: { readonly path: string; readonly values: readonly string[]; readonly value: unknown },
  ) => AwsError;
  /** A value has the wrong type; `why` says so in the words of AWS's JSON reader. */
  readonly mistyped: (path: string, why: string) => AwsError;
  /** Members that nothing here reads. */
  readonly unknown: (operation: string, paths: readonly string[]) => AwsError;
}
