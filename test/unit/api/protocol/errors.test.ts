/** Callers' text in error messages. */
import { describe, expect, it } from 'vitest';
import { wireError } from '../../../../api/protocol/errors.ts';
import { EcsError } from '../../../../model/errors.ts';

const messageOf = (message: string): string =>
  wireError(new EcsError('InvalidParameterException', message), 'rest', 'id').message;

describe('a caller’s text in an error', () => {
  const name = 'n'.repeat(300);
  it.each([
    ['keeps an ordinary message', 'Cluster not found.', 'Cluster not found.'],
    ['cuts a long name', `The container ${name} does not exist.`, `The container ${'n'.repeat(200)}… does not exist.`],
    ['cuts between characters', `${'😀'.repeat(201)} is no name.`, `${'😀'.repeat(200)}… is no name.`],
    [
      'keeps a list of values',
      `x should be one of [${'ABCDEF,'.repeat(60)}]`,
      `x should be one of [${'ABCDEF,'.repeat(60)}]`,
    ],
    [
      'shows control characters',
      'a\u0000\u001b[31m\r\nb\u007f\u0085\u2028',
      String.raw`a\u0000\u001b[31m\u000d\u000ab\u007f\u0085\u2028`,
    ],
    ['shows halves of characters', 'a\ud800b', String.raw`a\ud800b`],
    ['bounds the whole', 'word '.repeat(10_000), `${'word '.repeat(400)}…`],
  ])('%s', (_what, message, shown) => {
    expect(messageOf(message)).toBe(shown);
  });
});
