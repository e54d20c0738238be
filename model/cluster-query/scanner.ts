/** Reads a query's text piece by piece. The position decides what a piece may be, so the parser asks for each kind. */
import { OPERATOR_SPELLINGS } from './syntax.ts';
import type { Operator } from './syntax.ts';

const WHITE = /\s*/y;
const AND = /&&|and(?![\w:.-])/iy;
const OR = /\|\||or(?![\w:.-])/iy;
const NOT = /!|not(?![\w:.-])/iy;
const SUBJECT = /[A-Za-z][\w:./\\-]*/y;
const SYMBOL = /==|!=|>=|<=|=~|!~|>|<|!\s*(?:exists|in)(?!\w)/iy;
const WORD = /[a-z_]+/iy;
const QUOTED = /'([^']*)'|"([^"]*)"/y;
const BARE = /(?:(?!&&|\|\|)[^\s()[\],'"])+/y;
/** A bare pattern may hold brackets and commas; one with parentheses must be quoted. */
const BARE_PATTERN = /(?:(?!&&|\|\|)[^\s()'"])+/y;

export class Scanner {
  #position = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the next piece starts, counted from 1, for messages. */
  get column(): number {
    this.#match(WHITE);
    return this.#position + 1;
  }

  atEnd(): boolean {
    return this.column > this.#text.length;
  }

  /** The next piece, shortened, for messages. */
  get ahead(): string {
    if (this.atEnd()) return 'the end';
    const rest = this.#text.slice(this.#position);
    return rest.length > 20 ? `${rest.slice(0, 20)}…` : rest;
  }

  takeAnd = (): boolean => this.#take(AND) !== undefined;
  takeOr = (): boolean => this.#take(OR) !== undefined;
  takeNot = (): boolean => this.#take(NOT) !== undefined;
  takeSubject = (): string | undefined => this.#take(SUBJECT)?.[0];

  takeCharacter(character: '(' | ')' | '[' | ']' | ','): boolean {
    if (this.atEnd() || this.#text[this.#position] !== character) return false;
    this.#position += 1;
    return true;
  }

  takeOperator(): { operator: Operator; negated: boolean } | undefined {
    const before = this.#position;
    const spelling = (this.#take(SYMBOL) ?? this.#take(WORD))?.[0].toLowerCase().replace(/\s/g, '');
    const found = spelling === undefined ? undefined : Object.entries(OPERATOR_SPELLINGS).find(([s]) => s === spelling);
    if (!found) this.#position = before;
    return found?.[1];
  }

  /** A quoted or bare value. A quoted value holds anything but its own quote; there are no escapes. */
  takeValue(kind: 'value' | 'pattern'): string | undefined {
    const quoted = this.#take(QUOTED);
    if (quoted) return quoted[1] ?? quoted[2];
    return this.#take(kind === 'pattern' ? BARE_PATTERN : BARE)?.[0];
  }

  #take(expected: RegExp): RegExpExecArray | undefined {
    this.#match(WHITE);
    return this.#match(expected);
  }

  #match(expected: RegExp): RegExpExecArray | undefined {
    expected.lastIndex = this.#position;
    const found = expected.exec(this.#text) ?? undefined;
    if (found) this.#position += found[0].length;
    return found;
  }
}
