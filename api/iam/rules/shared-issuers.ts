/**
 * Trust policies that let in identities of an issuer that many organizations share must say whose. IAM looks at that when a
 * trust policy is set, and so does this; a policy that a role already has is left alone.
 */
import { issuerOfProvider } from '../../../model/iam/oidc.ts';
import { requiredKey } from '../../../model/iam/shared-issuers.ts';
import { type JsonObject, scalarsAt, textsAt } from '../../auth/policy/elements.ts';
import { MalformedPolicyDocument } from '../../auth/policy/malformed.ts';

const ACTION = 'sts:assumerolewithwebidentity';
/** The operators that say what a value must be. Negated ones leave everybody else in. */
const SAYS_WHOSE = /^(?:For(?:All|Any)Values?:)?String(?:Equals|EqualsIgnoreCase|Like)(?:IfExists)?$/;
const ONLY_WILDCARDS = /^[*?]*$/;

/** `document`: a trust policy that can be read. Throws MalformedPolicyDocument. */
export function checkSharedIssuers(document: JsonObject): void {
  [document['Statement']].flat().forEach((statement, i) => {
    const { Effect, Principal, Action, Condition = {} } = statement as JsonObject;
    const lets = Effect === 'Allow' && isFor(Action);
    const federated = lets && typeof Principal === 'object' ? (Principal as JsonObject)['Federated'] : undefined;
    if (federated === undefined) return;
    for (const provider of textsAt(federated, 'Federated')) {
      const key = requiredKey(issuerOfProvider(provider));
      if (key !== undefined && !saysWhose(Condition as JsonObject, key)) throw mustSayWhose(i + 1, provider, key);
    }
  });
}

const isFor = (action: unknown): boolean => textsAt(action, 'Action').some((each) => each.toLowerCase() === ACTION);

/** Whether one operator asks for values of the key, none of which anybody's would match. */
const saysWhose = (condition: JsonObject, key: string): boolean =>
  Object.entries(condition).some(
    ([operator, keys]) =>
      SAYS_WHOSE.test(operator) &&
      Object.entries(keys as JsonObject).some(
        ([name, values]) =>
          name.toLowerCase() === key.toLowerCase() &&
          scalarsAt(values, name).every((value) => !ONLY_WILDCARDS.test(value)),
      ),
  );

const mustSayWhose = (number: number, provider: string, key: string): MalformedPolicyDocument =>
  new MalformedPolicyDocument(
    `Many organizations share ${provider}: Statement ${number} must have a condition, such as StringEquals or StringLike, ` +
      `that compares ${key} with values that are more than wildcards.`,
  );
