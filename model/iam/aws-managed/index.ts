/** The policies that AWS manages and people attach. It is a small set: any other name does not exist here. */
import { ECS_POLICIES } from './ecs.ts';
import { GENERAL_POLICIES } from './general.ts';
import type { AwsPolicySource } from './source.ts';

export interface AwsManagedPolicy extends Omit<AwsPolicySource, 'document'> {
  /** JSON. */
  readonly document: string;
}

export const AWS_MANAGED_POLICIES: readonly AwsManagedPolicy[] = [...GENERAL_POLICIES, ...ECS_POLICIES].map(
  ({ document, ...source }) => ({ ...source, document: JSON.stringify(document, null, 2) }),
);
