/** Parameter Store's refusals, in its words. */
import { AwsError } from '../../model/errors.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
export const notSupported = (what: string): AwsError => invalid(`Not supported by Longshore yet: ${what}.`);
export const parameterNotFound = (name: string): AwsError =>
  new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
export const versionNotFound = (selector: number | string, name: string): AwsError =>
  new AwsError(
    'ParameterVersionNotFound',
    typeof selector === 'number'
      ? `Systems Manager could not find version ${selector} of ${name}. Verify the version and try again.`
      : `Systems Manager could not find label ${selector} of ${name}. Verify the label and try again.`,
  );
export const badToken = (): AwsError =>
  new AwsError('InvalidNextToken', 'The specified token is not valid: it is of another list.');
