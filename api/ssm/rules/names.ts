/** The rules for names of parameters and for paths. Pure. */
import { AwsError } from '../../../model/errors.ts';
import { invalid } from '../refusals.ts';

const MOST_LEVELS = 15;
/** Of the whole ARN, Systems Manager says, and so of a name. */
const MOST_CHARACTERS = 1011;
const CHARACTERS = /^[\w./-]+$/;
const RESERVED = /^\/?(?:aws|ssm)/i;

/** Throws ValidationException or HierarchyLevelLimitExceededException for a name that a new parameter cannot have. */
export function requireName(name: string): void {
  if (!CHARACTERS.test(name) || RESERVED.test(name) || name.includes('//') || name.endsWith('/')) {
    throw invalid(
      'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.includes('/') && !name.startsWith('/')) throw invalid('Parameter name must be a fully qualified name.');
  if (name.length > MOST_CHARACTERS) {
    throw invalid(`Parameter name: can have at most ${MOST_CHARACTERS} characters.`);
  }
  if (name.split('/').length - 1 > MOST_LEVELS) {
    throw new AwsError(
      'HierarchyLevelLimitExceededException',
      `Hierarchies can have a maximum of ${MOST_LEVELS} levels. A hierarchy with ${name.split('/').length - 1} levels is not supported.`,
    );
  }
}

/** What the names below a path begin with. Throws ValidationException for what is no path. */
export function prefixOf(path: string): string {
  if (!path.startsWith('/') || !CHARACTERS.test(path) || path.includes('//')) {
    throw invalid(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    );
  }
  return path.endsWith('/') ? path : `${path}/`;
}

/** Whether a name is directly below what it begins with. */
export const isDirectlyBelow = (prefix: string, name: string): boolean => !name.slice(prefix.length).includes('/');
