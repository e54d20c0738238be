/** GetRandomPassword. It is not kept. */
import type { GetRandomPasswordRequest, GetRandomPasswordResponse } from '@aws-sdk/client-secrets-manager';
import type { Operation } from '../../operation.ts';
import { type CharacterType, randomPassword } from '../rules/password.ts';

const DEFAULT_LENGTH = 32;

export const getRandomPassword: Operation<GetRandomPasswordRequest, GetRandomPasswordResponse> = {
  name: 'GetRandomPassword',
  effect: 'reads',
  handle(input) {
    const without: Readonly<Record<CharacterType, boolean | undefined>> = {
      lowercase: input.ExcludeLowercase,
      uppercase: input.ExcludeUppercase,
      numbers: input.ExcludeNumbers,
      punctuation: input.ExcludePunctuation,
      space: input.IncludeSpace !== true,
    };
    const types = (Object.keys(without) as CharacterType[]).filter((type) => without[type] !== true);
    const RandomPassword = randomPassword({
      length: input.PasswordLength ?? DEFAULT_LENGTH,
      types,
      excluded: input.ExcludeCharacters ?? '',
      eachType: input.RequireEachIncludedType ?? true,
    });
    return Promise.resolve({ RandomPassword });
  },
};
