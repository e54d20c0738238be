/** Every operation that Longshore implements: one folder each, one line here. All others answer that they are not supported. */
import type { Operation } from '../operation.ts';
import { listClusters } from './list-clusters/handler.ts';

export const operations: readonly Operation[] = [
  // clusters
  listClusters,
];
