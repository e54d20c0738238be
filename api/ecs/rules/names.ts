/** The rule for names of clusters, services, families, containers and volumes. */
import type { EcsErrorCode } from '../../../model/errors.ts';
import { EcsError } from '../../../model/errors.ts';

const NAME = /^[A-Za-z0-9_-]{1,255}$/;

/**
 * Refuses a name that is not 1 to 255 letters, digits, hyphens and underscores. `noun` begins the message, such as
 * `Cluster name`.
 */
export function checkName(noun: string, name: string, code: EcsErrorCode = 'InvalidParameterException'): void {
  if (NAME.test(name)) return;
  throw new EcsError(code, `${noun} '${name}' is invalid. Use 1 to 255 letters, digits, hyphens and underscores.`);
}
