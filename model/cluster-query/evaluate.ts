/** Does an instance satisfy a query? */
import type { EpochMs } from '../time.ts';
import type { Actual, ClusterQuery, Expression, Subject, Test } from './syntax.ts';

/** What a query may read of one container instance. */
export interface QueryInstance {
  readonly agentConnected: boolean;
  readonly agentVersion: string;
  /** Set for machines that registered as EC2's. */
  readonly ec2InstanceId?: string | undefined;
  readonly registeredAt: EpochMs;
  readonly runningTasksCount: number;
  /** The attribute's value, '' when it has a name only; undefined when the instance lacks it. */
  attribute(name: string): string | undefined;
  has(name: string): boolean;
  hasTaskOfGroup(group: string): boolean;
  /** The groups with a task on the instance, for patterns. */
  taskGroups(): Iterable<string>;
}

/** True when the instance satisfies the whole query. */
export const evaluateClusterQuery = (query: ClusterQuery, instance: QueryInstance): boolean =>
  evaluate(query.root, instance);

function evaluate(expression: Expression, instance: QueryInstance): boolean {
  switch (expression.kind) {
    case 'and':
      return expression.operands.every((operand) => evaluate(operand, instance));
    case 'or':
      return expression.operands.some((operand) => evaluate(operand, instance));
    case 'not':
      return !evaluate(expression.operand, instance);
    case 'clause':
      return holds(expression.subject, expression.test, instance);
  }
}

/** A missing value satisfies no clause, and therefore every negated one (`!=`, `!in`, `!~`, `!exists`). */
function holds(subject: Subject, test: Test, instance: QueryInstance): boolean {
  if (subject.name === 'task:group') return holdsForAnyGroup(test, instance);
  if (test.kind === 'exists') return subject.name === 'attribute' && instance.has(subject.attribute);
  const actual = valueOf(subject, instance);
  return actual !== undefined && holdsForValue(test, actual);
}

function valueOf(subject: Subject, instance: QueryInstance): Actual | undefined {
  switch (subject.name) {
    case 'attribute':
      return instance.attribute(subject.attribute);
    case 'agentConnected':
      return String(instance.agentConnected);
    case 'task:group':
      return undefined;
    default:
      return instance[subject.name];
  }
}

function holdsForValue(test: Test, actual: Actual): boolean {
  switch (test.kind) {
    case 'exists':
      return true;
    case 'oneOf':
      return test.operands.some((operand) => operand.equals(actual));
    case 'matches':
      return test.pattern.matches(String(actual));
    case 'order':
      return holdsInOrder(test.operator, test.operand.order(actual));
  }
}

function holdsInOrder(operator: '>' | '>=' | '<' | '<=', order: number): boolean {
  switch (operator) {
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
  }
}

/** `task:group` holds when any task of such a group is on the instance. */
function holdsForAnyGroup(test: Test, instance: QueryInstance): boolean {
  if (test.kind === 'oneOf') return test.operands.some((operand) => instance.hasTaskOfGroup(operand.text));
  if (test.kind !== 'matches') return false;
  for (const group of instance.taskGroups()) if (test.pattern.matches(group)) return true;
  return false;
}
