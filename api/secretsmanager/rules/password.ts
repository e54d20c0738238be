/** Random passwords. */
import { randomInt } from 'node:crypto';
import { invalidParameter } from '../refusals.ts';

const TYPES = {
  lowercase: 'abcdefghijklmnopqrstuvwxyz',
  uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  numbers: '0123456789',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  space: ' ',
} as const;
export type CharacterType = keyof typeof TYPES;

export interface PasswordRules {
  readonly length: number;
  readonly types: readonly CharacterType[];
  readonly excluded: string;
  /** At least one character of each type. */
  readonly eachType: boolean;
}

/** Throws InvalidParameterException if no password fits. */
export function randomPassword({ length, types, excluded, eachType }: PasswordRules): string {
  const alphabets = types.map((type) => Array.from(TYPES[type]).filter((character) => !excluded.includes(character)));
  const all = alphabets.flat();
  if (all.length === 0) throw invalidParameter('All characters are excluded, so there is no password.');
  if (eachType && alphabets.some((alphabet) => alphabet.length === 0)) {
    throw invalidParameter('All characters of a required type are excluded.');
  }
  if (eachType && length < alphabets.length) {
    throw invalidParameter('Password length is too short based on the required types.');
  }
  const required = eachType ? alphabets.map(oneOf) : [];
  const others = Array.from({ length: length - required.length }, () => oneOf(all));
  return shuffled([...required, ...others]).join('');
}

const oneOf = (alphabet: readonly string[]): string => alphabet[randomInt(alphabet.length)] ?? '';

/** Fisher and Yates: each order is as likely as any other. */
function shuffled(characters: readonly string[]): readonly string[] {
  const order = [...characters];
  for (let i = order.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [order[i], order[j]] = [order[j] ?? '', order[i] ?? ''];
  }
  return order;
}
