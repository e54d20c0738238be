/** The parsed form of a cluster query, and the tables of subjects and operators. */
import type { Pattern } from './pattern.ts';

/** What a clause reads, other than an attribute. */
export const SUBJECTS = [
  'agentConnected',
  'agentVersion',
  'ec2InstanceId',
  'registeredAt',
  'runningTasksCount',
  'task:group',
] as const;
type SubjectName = (typeof SUBJECTS)[number];

export type Subject =
  | { readonly name: 'attribute'; readonly attribute: string }
  | { readonly name: SubjectName; readonly attribute?: never };

/** The operators that are no negation: `!=` is the negation of `==`, and so on. */
export type Operator = '==' | '>' | '>=' | '<' | '<=' | 'exists' | 'in' | '=~';

/** Every spelling of an operator. `negated` inverts the whole clause, so that `!=` holds exactly where `==` does not. */
export const OPERATOR_SPELLINGS: Readonly<Record<string, { readonly operator: Operator; readonly negated: boolean }>> =
  {
    '==': { operator: '==', negated: false },
    equals: { operator: '==', negated: false },
    '!=': { operator: '==', negated: true },
    not_equals: { operator: '==', negated: true },
    '>': { operator: '>', negated: false },
    greater_than: { operator: '>', negated: false },
    '>=': { operator: '>=', negated: false },
    greater_than_equal: { operator: '>=', negated: false },
    '<': { operator: '<', negated: false },
    less_than: { operator: '<', negated: false },
    '<=': { operator: '<=', negated: false },
    less_than_equal: { operator: '<=', negated: false },
    exists: { operator: 'exists', negated: false },
    '!exists': { operator: 'exists', negated: true },
    not_exists: { operator: 'exists', negated: true },
    in: { operator: 'in', negated: false },
    '!in': { operator: 'in', negated: true },
    not_in: { operator: 'in', negated: true },
    '=~': { operator: '=~', negated: false },
    matches: { operator: '=~', negated: false },
    '!~': { operator: '=~', negated: true },
    not_matches: { operator: '=~', negated: true },
  };

const BY_NAME: readonly Operator[] = ['==', 'in', '=~'];
const BY_ORDER: readonly Operator[] = ['==', '>', '>=', '<', '<='];

/** Which operators each subject takes. */
export const OPERATORS_OF: Readonly<Record<Subject['name'], readonly Operator[]>> = {
  attribute: ['==', '>', '>=', '<', '<=', 'exists', 'in', '=~'],
  agentConnected: BY_NAME,
  agentVersion: BY_ORDER,
  ec2InstanceId: BY_NAME,
  registeredAt: BY_ORDER,
  runningTasksCount: BY_ORDER,
  'task:group': BY_NAME,
};

/** An instance's value for a subject: text, or a number for times and counts. */
export type Actual = string | number;

/** An argument, read as its subject requires. */
export interface Operand {
  readonly text: string;
  readonly equals: (actual: Actual) => boolean;
  /** Negative, zero or positive if the instance's value is below, at or above the argument. */
  readonly order: (actual: Actual) => number;
}

export type Test =
  | { readonly kind: 'exists' }
  /** `==` has one value in its list. */
  | { readonly kind: 'oneOf'; readonly operands: readonly Operand[] }
  | { readonly kind: 'order'; readonly operator: '>' | '>=' | '<' | '<='; readonly operand: Operand }
  | { readonly kind: 'matches'; readonly pattern: Pattern };

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'clause'; readonly subject: Subject; readonly test: Test };

/** A parsed query. Holds compiled patterns: pass the text, not this, between processes. */
export interface ClusterQuery {
  readonly text: string;
  readonly root: Expression;
}
