/** What is kept of the verdicts of policies: enough to say later which statement decided. Pure. */
import type { Judgement, PolicyKind } from '../../model/audit.ts';
import { defined } from '../../model/defined.ts';
import type { Judged } from '../auth/authorize.ts';
import { type PolicySet, unmetElement } from '../auth/policy/decide.ts';
import type { Policy } from '../auth/policy/document.ts';
import { printable } from '../protocol/printable.ts';

/** The last ones are kept: whatever was denied is among them. */
const MOST_JUDGEMENTS = 50;
/** Together, as JSON, beside the last one. */
const MOST_CHARACTERS = 16_384;

export function judgementsOf(judged: readonly Judged[]): readonly Judgement[] {
  let left = MOST_CHARACTERS;
  const kept: Judgement[] = [];
  for (const judgement of judged.slice(-MOST_JUDGEMENTS).map(judgementOf).reverse()) {
    left -= JSON.stringify(judgement).length;
    if (kept.length > 0 && left < 0) break;
    kept.push(judgement);
  }
  return kept.reverse();
}

function judgementOf({ request, verdict, policies }: Judged): Judgement {
  const { action, resource } = request;
  const asked = { action, resource: printable(resource), decision: verdict.decision };
  if (verdict.decision === 'implicitDeny') {
    const lookedAt = policiesOf(policies, verdict.missing).map(({ name, about }) => {
      const statements = about(action.toLowerCase());
      const unmet = statements.flatMap((statement) => {
        const element = unmetElement(statement, request);
        return element === undefined ? [] : [[statement.id, printable(element)]];
      });
      return {
        policy: name,
        statements: statements.map(({ id }) => id),
        ...(unmet.length === 0 ? {} : { unmet: Object.fromEntries(unmet) as Readonly<Record<string, string>> }),
      };
    });
    return { ...asked, missing: verdict.missing, lookedAt };
  }
  if (verdict.by === undefined) return asked;
  const { type: kind, policy, statement } = verdict.by;
  const text = policiesOf(policies, kind)
    .find(({ name }) => name === policy)
    ?.written(statement);
  return { ...asked, by: { kind, policy, statement, ...defined({ text }) } };
}

function policiesOf({ identity, boundary, session = [], resource }: PolicySet, kind: PolicyKind): readonly Policy[] {
  switch (kind) {
    case 'identity':
      return identity;
    case 'boundary':
      return boundary === undefined ? [] : [boundary];
    case 'session':
      return session;
    case 'trust':
    case 'resource':
      return resource === undefined ? [] : [resource.policy];
  }
}
