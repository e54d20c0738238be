/**
 * Issuers that many organizations share, each with the condition key in which a trust policy must say whom of them it means.
 * They are those of IAM's "identity-provider controls for shared OIDC providers".
 */
import type { Issuer } from './oidc.ts';

const TURBONOMIC = [
  ...['22ejnvnnturfmt6km08idd0nt4hekbn7', '23e3sd27sju1hoou6ohfs68vbno607tr'],
  ...['23ne21h005qjl3n33d8dui5dlrmv2tmg', '24jrf12m5dj7ljlfb4ta2frhrcoadm26'],
].map((id) => `rh-oidc.s3.us-east-1.amazonaws.com/${id}`);

const BY_SUBJECT: readonly Issuer[] = [
  ...['agent.buildkite.com', 'app.terraform.io', 'gitlab.com', 'oidc.codefresh.io', 'proidc.upbound.io', 'scalr.io'],
  ...['studio.datachain.ai/api', 'tokens.cloud.shisho.dev'],
  ...['token.actions.githubusercontent.com', 'vstoken.actions.githubusercontent.com'],
  ...['oidc-configuration.audit-log.githubusercontent.com'],
  ...['2c51blsaqa9gkjt0o9rt11mle8mmropu', '2f785sojlpb85i7402pk3qogugim5nfb'].map(
    (id) => `oidc.op1.openshiftapps.com/${id}`,
  ),
  ...TURBONOMIC,
];
const BY_AUDIENCE: readonly Issuer[] = [
  ...['api.pulumi.com/oidc', 'cognito-identity.amazonaws.com', 'oidc.vercel.com', 'sandboxes.cloud'],
];
/** Its tokens say it in the name of the session. */
const BY_SESSION_NAME: Issuer = 'sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d';

/** The condition key that a trust policy must look at if it lets identities of the issuer in; undefined if it need not. */
export function requiredKey(issuer: Issuer): string | undefined {
  const known = issuer.toLowerCase().replace(/\/$/, '');
  if (BY_SUBJECT.includes(known)) return `${issuer}:sub`;
  if (BY_AUDIENCE.includes(known)) return `${issuer}:aud`;
  return known === BY_SESSION_NAME ? 'sts:RoleSessionName' : undefined;
}
