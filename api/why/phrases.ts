/** The small phrases that make up headlines and details. */

/** One phrase names at most this many ids. */
const NAMED = 3;

export const many = (count: number, noun: string): string => `${count} ${count === 1 ? noun : `${noun}s`}`;

export function list(ids: readonly string[]): string {
  const shown = ids.slice(0, NAMED).join(', ');
  return ids.length > NAMED ? `${shown} and ${ids.length - NAMED} more` : shown;
}

/** `task 1a`, `tasks 1a, 2b`. */
export const namedBy = (noun: string, ids: readonly string[]): string =>
  `${ids.length === 1 ? noun : `${noun}s`} ${list(ids)}`;

/** `stoppedReason` → `stopped reason`. */
export const spaced = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

export const capitalized = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
