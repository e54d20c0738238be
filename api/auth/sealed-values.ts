/** The values of secrets and parameters: sealed before they are stored, opened for whoever may read them. */
import { AwsError } from '../../model/errors.ts';
import type { MasterKeys } from '../../model/master-keys.ts';
import { parameterOwner } from '../../model/secrets/parameter.ts';
import { secretOwner } from '../../model/secrets/secret.ts';
import { Envelopes, SealError } from './sealing.ts';

/** What a secret holds: a text or bytes. */
export type SecretContent =
  | { readonly kind: 'string'; readonly secretString: string }
  | { readonly kind: 'binary'; readonly secretBinary: Uint8Array };

/** The purpose of the keys that seal them. */
export const SECRET_VALUES_PURPOSE = 'secret-values';

export class SealedValues {
  readonly #envelopes: Envelopes;

  constructor(masterKeys: Buffer | MasterKeys) {
    this.#envelopes = new Envelopes(masterKeys, SECRET_VALUES_PURPOSE);
  }

  sealSecret(content: SecretContent, arn: string, versionId: string): string {
    const text =
      content.kind === 'string'
        ? `s${content.secretString}`
        : `b${Buffer.from(content.secretBinary).toString('base64')}`;
    return this.#envelopes.seal(text, secretOwner(arn, versionId));
  }

  /** Throws ServiceUnavailable if the value was sealed with another master key. */
  openSecret(sealed: string, arn: string, versionId: string): SecretContent {
    const text = this.#opened(sealed, secretOwner(arn, versionId));
    return text.startsWith('s')
      ? { kind: 'string', secretString: text.slice(1) }
      : { kind: 'binary', secretBinary: Buffer.from(text.slice(1), 'base64') };
  }

  sealParameter(value: string, name: string, version: number): string {
    return this.#envelopes.seal(value, parameterOwner(name, version));
  }

  /** Throws ServiceUnavailable if the value was sealed with another master key. */
  openParameter({
    name,
    version,
    sealed,
  }: {
    readonly name: string;
    readonly version: number;
    readonly sealed: string;
  }) {
    return this.#opened(sealed, parameterOwner(name, version));
  }

  #opened(sealed: string, owner: string): string {
    try {
      return this.#envelopes.open(sealed, owner);
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      throw new AwsError(
        'ServiceUnavailable',
        'The value cannot be opened: it was sealed with another master key. Give this api that key, too: LONGSHORE_MASTER_KEY_PREVIOUS.',
        {},
        503,
      );
    }
  }
}
