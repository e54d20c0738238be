/** Which version of the agent the launcher starts, and what it does when one has ended. Pure. */
import { defined } from '../../model/defined.ts';
import type { VersionNote } from '../../agent/update/kept-versions.ts';

/** undefined: the launcher's own code. Otherwise the name of a kept version. */
export type Version = string | undefined;

/** How an agent came to its end. */
export interface Ended {
  readonly version: Version;
  /** It took the place of a version that works, and has not shown yet that it works too. */
  readonly isTrial: boolean;
  readonly tookWork: boolean;
  /** It said why it ends and that its code runs: what failed is around it, such as the container engine. */
  readonly saidWhy: boolean;
  /** It ended so that this version starts. */
  readonly switchTo?: string;
  /** The launcher was told to end. */
  readonly isStopped: boolean;
  readonly exitCode: number;
}

export type Next =
  | { readonly kind: 'end'; readonly exitCode: number }
  | { readonly kind: 'start'; readonly version: Version; readonly isTrial: boolean };

/**
 * The version that worked last. What an operator installs counts for more than what an update brought before: once the
 * launcher's own code is another one than it was at the time of the note, the own code runs, be it newer or older.
 */
export function firstVersion(note: VersionNote | undefined, own: string, has: (name: string) => boolean): Version {
  if (note === undefined || note.own !== own || note.current === undefined) return undefined;
  return has(note.current) ? note.current : undefined;
}

/** `current`: the version that worked last. */
export function nextVersion(ended: Ended, current: Version, has: (name: string) => boolean): Next {
  const { version, isTrial, tookWork, saidWhy, switchTo, isStopped, exitCode } = ended;
  if (isStopped) return { kind: 'end', exitCode };
  if (switchTo !== undefined && tookWork)
    return has(switchTo)
      ? { kind: 'start', version: switchTo, isTrial: true }
      : { kind: 'start', version, isTrial: false };
  if (tookWork) return { kind: 'end', exitCode };
  if (isTrial) return { kind: 'start', version: current, isTrial: false };
  // It worked once. Its code cannot run any more, such as after a loss of power while it was written; or it will run again.
  return version === undefined || saidWhy
    ? { kind: 'end', exitCode }
    : { kind: 'start', version: undefined, isTrial: false };
}

/** The note once this version takes work. Beside the launcher's own code none is kept: it may be one that does not work. */
export function noteOf(before: VersionNote | undefined, own: string, version: Version): VersionNote {
  if (version === undefined) return { own };
  const kept = before?.own === own ? before : undefined;
  const previous = kept?.current === version ? kept.previous : kept?.current;
  return { own, current: version, ...defined({ previous }) };
}
