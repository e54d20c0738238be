/** What a query reads, and a capacity snapshot for it must therefore contain. */
import { EC2_INSTANCE_ID_ATTRIBUTE } from '../container-instance.ts';
import type { ClusterQuery, Expression, Subject } from './syntax.ts';

type Clause = Extract<Expression, { kind: 'clause' }>;

function clausesOf(expression: Expression): readonly Clause[] {
  if (expression.kind === 'clause') return [expression];
  if (expression.kind === 'not') return clausesOf(expression.operand);
  return expression.operands.flatMap(clausesOf);
}

const sortedSet = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

/** Names of the attributes that the query reads, sorted, without repeats. */
export const attributeNames = (query: ClusterQuery): readonly string[] =>
  sortedSet(clausesOf(query.root).flatMap(({ subject }) => attributesOf(subject)));

function attributesOf(subject: Subject): readonly string[] {
  if (subject.name === 'attribute') return [subject.attribute];
  return subject.name === 'ec2InstanceId' ? [EC2_INSTANCE_ID_ATTRIBUTE] : [];
}

/** Task groups that the query names, sorted, without repeats. Patterns name none: see `looksAtEveryGroup`. */
export const groupNames = (query: ClusterQuery): readonly string[] =>
  sortedSet(
    clausesOf(query.root).flatMap(({ subject, test }) =>
      subject.name === 'task:group' && test.kind === 'oneOf' ? test.operands.map(({ text }) => text) : [],
    ),
  );

/** True if some `task:group` clause is a pattern, which needs every group. */
export const looksAtEveryGroup = (query: ClusterQuery): boolean =>
  clausesOf(query.root).some(({ subject, test }) => subject.name === 'task:group' && test.kind === 'matches');

/** True when some clause counts the tasks of an instance. */
export const looksAtTaskCount = (query: ClusterQuery): boolean =>
  clausesOf(query.root).some(({ subject }) => subject.name === 'runningTasksCount');
