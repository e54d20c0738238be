/** What the master keys seal and open for the API. */
import { AccessKeySecrets } from '../api/auth/access-keys.ts';
import { SealedValues } from '../api/auth/sealed-values.ts';
import { SessionTokens } from '../api/auth/session-tokens.ts';
import type { MasterKeys } from '../model/master-keys.ts';

export const sealersOf = (masterKeys: MasterKeys) => ({
  accessKeys: new AccessKeySecrets(masterKeys),
  tokens: new SessionTokens(masterKeys),
  values: new SealedValues(masterKeys),
});
