/** The refusal of a policy document. */

/** Says what is wrong with a policy document. `message` begins with IAM's own words wherever they are known. */
export class MalformedPolicyDocument extends Error {
  override readonly name = 'MalformedPolicyDocument';
}

/** The refusal with IAM's general words, and behind them what and where. */
export const syntaxError = (detail: string): MalformedPolicyDocument =>
  new MalformedPolicyDocument(`Syntax errors in policy. ${detail}`);
