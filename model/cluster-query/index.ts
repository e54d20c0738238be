/** The cluster query language of `memberOf` constraints and of ListContainerInstances' `filter`. */
export { evaluateClusterQuery } from './evaluate.ts';
export type { QueryInstance } from './evaluate.ts';
export { attributeNames, groupNames, looksAtEveryGroup, looksAtTaskCount } from './inspect.ts';
export { parseClusterQuery } from './parser.ts';
export { SnapshotInstance, queryInstances } from './snapshot-instance.ts';
export type { ClusterQuery } from './syntax.ts';
