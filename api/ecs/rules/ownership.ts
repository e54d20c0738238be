/** Checks the group and `startedBy` that callers give to tasks. */
import { invalid } from './refusals.ts';

const MOST_GROUP_CHARACTERS = 255;
/** Groups of this form belong to services: placement and the service scheduler count their tasks. */
const SERVICE_GROUP = /^service:/i;

/** Returns the group of a standalone task; the default is `family:<family>`. */
export function resolveGroup(group: string | undefined, family: string): string {
  if (group === undefined || group === '') return `family:${family}`;
  if (group.length > MOST_GROUP_CHARACTERS) {
    throw invalid(`group can have at most ${MOST_GROUP_CHARACTERS} characters.`);
  }
  if (SERVICE_GROUP.test(group)) throw invalid("Invalid namespace for group. 'service:' is reserved for services.");
  return group;
}

/**
 * The ECS guide names letters, digits, `-`, `/` and `_`, but widely used deploy tools send spaces, and AWS accepts
 * them.
 */
const STARTED_BY = /^[\x20-\x7e]*$/;

/**
 * Checks `startedBy` of at most `most` characters: 128 for RunTask, 36 for StartTask. Throws InvalidParameterException.
 */
export function checkStartedBy(startedBy: string | undefined, most: number): void {
  if (startedBy === undefined) return;
  if (startedBy.length > most) throw invalid(`startedBy can have at most ${most} characters.`);
  if (!STARTED_BY.test(startedBy)) {
    throw invalid('startedBy can contain printable ASCII characters only.');
  }
}

const CLIENT_TOKEN = /^[\x21-\x7e]*$/;

/** Checks a client token: printable ASCII without spaces, at most `most` characters. */
export function checkClientToken(token: string | undefined, most: number): void {
  if (token === undefined) return;
  if (token.length > most || !CLIENT_TOKEN.test(token)) {
    throw invalid(`clientToken can have at most ${most} printable ASCII characters without spaces.`);
  }
}
