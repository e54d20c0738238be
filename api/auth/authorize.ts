/** Whether a caller may do what a call asks for. */
import type { Tag } from '@aws-sdk/client-ecs';
import { EcsError } from '../../model/errors.ts';
import type { Caller } from './caller.ts';
import type { ContextValues } from './policy/context.ts';
import { type AccessRequest, decide, type PolicySet, type Verdict } from './policy/decide.ts';
import { denialSentence } from './policy/denial.ts';
import { lookAt, type Policy } from './policy/document.ts';
import { readingsOf } from './readings.ts';
import { resourceTagKeys, resourceTagPrefixes } from './tag-keys.ts';

/** One thing that a call asks for: an action on resources, each of which must be allowed. */
export interface Asked {
  /** Such as `ecs:RunTask`. */
  readonly action: string;
  /** ARNs, or `*` for an action that AWS does not authorise on a resource. */
  readonly resources: readonly string[];
  /** The condition keys that the request itself gives. */
  readonly context: ContextValues;
  /** Whether the resources may have tags, which conditions may look at. */
  readonly tagged?: boolean;
  /** The trust policy of the role that is asked for, which must allow the action, too. */
  readonly trust?: Policy;
}

/** An action of Longshore's own routes, such as `longshore:ReadEvents`, which is asked for on no resource. */
export const ownAction = (name: string): readonly Asked[] => [
  { action: `longshore:${name}`, resources: ['*'], context: {} },
];

export interface Circumstances {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The condition keys that every call has: where it came from, and how. */
  readonly context: ContextValues;
}

/** What the policies said about one action on one resource. */
export interface Judged {
  readonly request: AccessRequest;
  readonly verdict: Verdict;
  readonly policies: PolicySet;
}

/** The tags of a resource; undefined if it does not exist. */
export type TagsOf = (arn: string) => Promise<readonly Tag[] | undefined>;

/**
 * Throws AccessDeniedException for the first thing that is not allowed. Everything that is asked for must be. Reads tags of
 * resources only if a policy looks at them. `judged` learns of each verdict, of the last one before the refusal.
 */
export async function authorize(
  { principal, policies }: Caller,
  asked: readonly Asked[],
  { now, context, tagsOf, judged }: Circumstances & { readonly tagsOf: TagsOf; readonly judged?: (by: Judged) => void },
): Promise<void> {
  for (const { action, resources, context: own, tagged, trust } of asked) {
    const applied: PolicySet =
      trust === undefined ? policies : { ...policies, resource: { type: 'trust', policy: trust } };
    const readsTags = tagged === true && lookAt(allOf(policies), action, resourceTagPrefixes('ecs'));
    for (const resource of resources) {
      const tags = readsTags ? resourceTagKeys('ecs', (await tagsOf(resource)) ?? []) : {};
      const readings = readingsOf({ ...context, ...own, ...tags });
      if (readings === undefined) throw tooDoubtful(principal, action);
      for (const reading of readings) {
        const request: AccessRequest = { principal, action, resource, context: reading, now };
        const verdict = decide(request, applied);
        judged?.({ request, verdict, policies: applied });
        if (verdict.decision !== 'allowed') {
          throw new EcsError('AccessDeniedException', denialSentence(request, verdict));
        }
      }
    }
  }
}

const tooDoubtful = ({ arn }: Caller['principal'], action: string): EcsError =>
  new EcsError(
    'AccessDeniedException',
    `User: ${arn} is not authorized to perform: ${action}, because too many keys of tags differ only in case`,
  );

const allOf = ({ identity, session = [], boundary }: PolicySet): readonly Policy[] => [
  ...identity,
  ...session,
  ...(boundary === undefined ? [] : [boundary]),
];
