/**
 * The grammar of the cluster query language, one method per rule:
 *   or := and (("or"|"||") and)*   and := unary (("and"|"&&") unary)*
 *   unary := ("not"|"!") unary | "(" or ")" | subject operator [value | "[" value ("," value)* "]"]
 */
import { EcsError } from '../errors.ts';
import { readOperand } from './operands.ts';
import { compilePattern } from './pattern.ts';
import { Scanner } from './scanner.ts';
import { OPERATORS_OF, SUBJECTS } from './syntax.ts';
import type { ClusterQuery, Expression, Operator, Subject, Test } from './syntax.ts';

/** ECS's limit on an expression, in characters. */
const MAX_EXPRESSION_LENGTH = 2_000;

/**
 * Parses a cluster query expression.
 * @throws EcsError InvalidParameterException `Invalid expression: …` saying what is wrong and where.
 */
export function parseClusterQuery(text: string): ClusterQuery {
  try {
    if (text.length > MAX_EXPRESSION_LENGTH) throw new Error(`longer than ${MAX_EXPRESSION_LENGTH} characters`);
    return { text, root: new Parser(text).parse() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EcsError('InvalidParameterException', `Invalid expression: ${reason}.`);
  }
}

class Parser {
  readonly #scanner: Scanner;

  constructor(text: string) {
    this.#scanner = new Scanner(text);
  }

  parse(): Expression {
    if (this.#scanner.atEnd()) throw new Error('it is empty');
    const root = this.#or();
    if (!this.#scanner.atEnd()) throw this.#expected('"and", "or" or the end');
    return root;
  }

  #or(): Expression {
    const operands = [this.#and()];
    while (this.#scanner.takeOr()) operands.push(this.#and());
    return joined('or', operands);
  }

  #and(): Expression {
    const operands = [this.#unary()];
    while (this.#scanner.takeAnd()) operands.push(this.#unary());
    return joined('and', operands);
  }

  #unary(): Expression {
    if (this.#scanner.takeNot()) return { kind: 'not', operand: this.#unary() };
    if (!this.#scanner.takeCharacter('(')) return this.#clause();
    const inner = this.#or();
    if (!this.#scanner.takeCharacter(')')) throw this.#expected('")"');
    return inner;
  }

  #clause(): Expression {
    const subject = this.#subject();
    const label = subject.name === 'attribute' ? `attribute:${subject.attribute}` : subject.name;
    const found = this.#scanner.takeOperator();
    if (!found) throw this.#expected(`an operator after ${label}`);
    if (!OPERATORS_OF[subject.name].includes(found.operator)) {
      throw new Error(`${label} cannot be used with the operator ${found.operator}`);
    }
    const clause: Expression = { kind: 'clause', subject, test: this.#test(subject, found.operator) };
    return found.negated ? { kind: 'not', operand: clause } : clause;
  }

  #subject(): Subject {
    const refused = this.#expected(`attribute:<name> or one of ${SUBJECTS.join(', ')}`);
    const text = this.#scanner.takeSubject();
    if (text === undefined) throw refused;
    const attribute = /^attribute:([^:]+)$/.exec(text)?.[1];
    if (attribute !== undefined) return { name: 'attribute', attribute };
    const name = SUBJECTS.find((subject) => subject === text);
    if (name === undefined) throw refused;
    return { name };
  }

  #test(subject: Subject, operator: Operator): Test {
    switch (operator) {
      case 'exists':
        return { kind: 'exists' };
      case '==':
        return { kind: 'oneOf', operands: [readOperand(subject, this.#value('value'))] };
      case 'in':
        return { kind: 'oneOf', operands: this.#list().map((value) => readOperand(subject, value)) };
      case '=~':
        return { kind: 'matches', pattern: compilePattern(this.#value('pattern')) };
      default:
        return { kind: 'order', operator, operand: readOperand(subject, this.#value('value')) };
    }
  }

  #value(kind: 'value' | 'pattern'): string {
    const refused = this.#expected(`a ${kind}`);
    const value = this.#scanner.takeValue(kind);
    if (value === undefined || value === '') throw refused;
    return value;
  }

  #list(): readonly string[] {
    if (!this.#scanner.takeCharacter('[')) throw this.#expected('a list like [a, b]');
    const values = [this.#value('value')];
    while (this.#scanner.takeCharacter(',')) values.push(this.#value('value'));
    if (!this.#scanner.takeCharacter(']')) throw this.#expected('"," or "]"');
    return values;
  }

  #expected(what: string): Error {
    return new Error(`expected ${what} at character ${this.#scanner.column}, found ${this.#scanner.ahead}`);
  }
}

function joined(kind: 'and' | 'or', operands: readonly Expression[]): Expression {
  const [first, ...more] = operands;
  return first !== undefined && more.length === 0 ? first : { kind, operands };
}
