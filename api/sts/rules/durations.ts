/** For how long temporary credentials are good, in seconds. */
import { AwsError } from '../../../model/errors.ts';
import { validationError } from '../../protocol/validation-errors.ts';

const LEAST = 900;

interface Limits {
  readonly asked: number | undefined;
  readonly byDefault: number;
  readonly most: number;
}

/** Throws ValidationError outside of 15 minutes and `most`. */
export function secondsOf({ asked, byDefault, most }: Limits): number {
  const seconds = asked ?? Math.min(byDefault, most);
  if (seconds < LEAST) {
    throw validationError('durationSeconds', seconds, `Member must have value greater than or equal to ${LEAST}`);
  }
  if (seconds > most) {
    throw validationError('durationSeconds', seconds, `Member must have value less than or equal to ${most}`);
  }
  return seconds;
}

const CHAINED = 3_600;
const ROLE_DEFAULT = 3_600;

/** The session of a role that assumes another lasts an hour at most. */
export function roleSeconds(
  asked: number | undefined,
  { most, chained }: { readonly most: number; readonly chained: boolean },
): number {
  if (chained && (asked ?? 0) > CHAINED) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (asked !== undefined && asked > most) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return secondsOf({ asked, byDefault: ROLE_DEFAULT, most: chained ? CHAINED : most });
}
