/** The cluster query language: `memberOf` constraints and the `filter` of ListContainerInstances are written in it. */
export { evaluateClusterQuery } from './evaluate.ts';
export type { QueryInstance } from './evaluate.ts';
export { attributeNames, groupNames, looksAtEveryGroup } from './inspect.ts';
export { MAX_EXPRESSION_LENGTH, parseClusterQuery } from './parser.ts';
export { SnapshotInstance, columnValue, queryInstances } from './snapshot-instance.ts';
export type { ClusterQuery } from './syntax.ts';
