/** CloudTrail's refusals of lookups. */
import { AwsError } from '../../model/errors.ts';

export const invalidAttributes = (message: string): AwsError =>
  new AwsError('InvalidLookupAttributesException', message);
export const invalidTimeRange = (): AwsError =>
  new AwsError('InvalidTimeRangeException', 'The start time must not be after the end time.');
export const invalidMaxResults = (most: number): AwsError =>
  new AwsError('InvalidMaxResultsException', `MaxResults must be between 1 and ${most}.`);
export const invalidNextToken = (): AwsError =>
  new AwsError('InvalidNextTokenException', 'The token is not of this lookup: its parameters must be the same.');
export const invalidCategory = (category: string): AwsError =>
  new AwsError(
    'InvalidEventCategoryException',
    category === 'insight'
      ? 'Longshore records management events only: there are no Insights events to look up.'
      : 'EventCategory must be insight, or absent for management events.',
  );
export const auditIsOff = (): AwsError =>
  new AwsError('UnsupportedOperationException', 'No calls are recorded: LONGSHORE_AUDIT_RETENTION is 0.');
