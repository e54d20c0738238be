/** The value that a request brings along. */
import type { Secret } from '../../../model/secrets/secret.ts';
import type { SealedValueOf } from '../../../store/contract/secrets.ts';
import type { SealedValues, SecretContent } from '../../auth/sealed-values.ts';
import { validationErrors } from '../../protocol/validation-errors.ts';
import { alreadyExists, invalidParameter } from '../refusals.ts';

const MOST_BYTES = 65_536;

export interface ContentInput {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: Uint8Array | undefined;
}

/** undefined if there is none. Throws InvalidParameterException for two, ValidationException for one that is too large. */
export function contentOf({ SecretString, SecretBinary }: ContentInput): SecretContent | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (SecretString !== undefined) {
    requireSmall('secretString', Buffer.byteLength(SecretString));
    return { kind: 'string', secretString: SecretString };
  }
  return SecretBinary && { kind: 'binary', secretBinary: SecretBinary };
}

function requireSmall(path: string, bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  const constraint = `Member must have length less than or equal to ${MOST_BYTES}`;
  throw validationErrors([{ path, value: undefined, constraint, hidden: true }], 'ValidationException');
}

/**
 * Whether the secret has a version of that id with the same value, so that the call was made before. Throws
 * ResourceExistsException if the version has another value.
 */
export async function isRepeated(
  { secret, sealedValueOf }: { readonly secret: Secret; readonly sealedValueOf: SealedValueOf },
  { id, content }: { readonly id: string; readonly content: SecretContent },
  values: SealedValues,
): Promise<boolean> {
  if (!secret.versions.some((version) => version.id === id)) return false;
  const before = values.openSecret(await sealedValueOf(id), secret.arn, id);
  if (isSame(before, content)) return true;
  throw alreadyExists(
    `You can't use ClientRequestToken ${id} because that value is already in use for a version of secret ${secret.arn}.`,
  );
}

function isSame(one: SecretContent, other: SecretContent): boolean {
  if (one.kind === 'string') return other.kind === 'string' && one.secretString === other.secretString;
  return other.kind === 'binary' && Buffer.compare(one.secretBinary, other.secretBinary) === 0;
}
