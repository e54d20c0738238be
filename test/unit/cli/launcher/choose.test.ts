/** Which version of the agent the launcher starts. */
import { expect, it } from 'vitest';
import type { VersionNote } from '../../../../agent/update/kept-versions.ts';
import {
  type Ended,
  firstVersion,
  type Next,
  nextVersion,
  noteOf,
  type Version,
} from '../../../../cli/launcher/choose.ts';

const OWN = '1.0.0-a1';
const [B, C] = ['1.1.0-b2', '1.2.0-c3'];
const all = (): boolean => true;
const none = (): boolean => false;

it.each<[string, VersionNote | undefined, (name: string) => boolean, Version]>([
  ['without a note', undefined, all, undefined],
  ['with a note of its own code', { own: OWN }, all, undefined],
  ['with a version that worked', { own: OWN, current: B }, all, B],
  ['with a version that is gone', { own: OWN, current: B }, none, undefined],
  ['after somebody installed another version', { own: '0.9.0-f9', current: B }, all, undefined],
])('begins %s', (_when, note, has, version) => {
  expect(firstVersion(note, OWN, has)).toBe(version);
});

const ended = (more: Partial<Ended> = {}): Ended => ({
  version: undefined,
  isTrial: false,
  tookWork: true,
  saidWhy: false,
  isStopped: false,
  exitCode: 0,
  ...more,
});
const start = (version: Version, isTrial = false): Next => ({ kind: 'start', version, isTrial });
const end = (exitCode = 0): Next => ({ kind: 'end', exitCode });

it.each<[string, Ended, Version, Next]>([
  ['an agent that gave way', ended({ switchTo: B }), undefined, start(B, true)],
  ['an agent that gave way while the launcher stops', ended({ switchTo: B, isStopped: true }), undefined, end()],
  ['a stopped agent', ended({ isStopped: true }), undefined, end()],
  ['an agent that broke', ended({ exitCode: 3 }), undefined, end(3)],
  ['a kept version that broke', ended({ version: B, exitCode: 3 }), B, end(3)],
  ['its own code that could not begin', ended({ tookWork: false, exitCode: 1 }), undefined, end(1)],
  ['a new version that did not work', ended({ version: C, isTrial: true, tookWork: false, exitCode: 1 }), B, start(B)],
  [
    'the first new version, which did not work',
    ended({ version: B, isTrial: true, tookWork: false }),
    undefined,
    start(undefined),
  ],
  [
    'a version that worked and does not any more',
    ended({ version: B, tookWork: false, exitCode: 1 }),
    B,
    start(undefined),
  ],
  [
    'a version that worked, and that says why it cannot begin now',
    ended({ version: B, tookWork: false, saidWhy: true, exitCode: 1 }),
    B,
    end(1),
  ],
  [
    'a new version that says why it cannot begin',
    ended({ version: C, isTrial: true, tookWork: false, saidWhy: true, exitCode: 1 }),
    B,
    start(B),
  ],
  ['a new version that works and gave way', ended({ version: B, isTrial: true, switchTo: C }), B, start(C, true)],
])('goes on after %s', (_what, how, current, next) => {
  expect(nextVersion(how, current, all)).toEqual(next);
});

it('goes on with the agent that gave way to a version that is gone', () => {
  expect(nextVersion(ended({ switchTo: B }), undefined, none)).toEqual(start(undefined));
});

it.each<[string, VersionNote | undefined, Version, VersionNote]>([
  ['its own code', undefined, undefined, { own: OWN }],
  ['the first version', { own: OWN }, B, { own: OWN, current: B }],
  ['the next version', { own: OWN, current: B }, C, { own: OWN, current: C, previous: B }],
  ['the same version again', { own: OWN, current: C, previous: B }, C, { own: OWN, current: C, previous: B }],
  ['its own code instead of a version that broke', { own: OWN, current: B }, undefined, { own: OWN }],
  ['a version over other own code', { own: '0.9.0-f9', current: B, previous: C }, C, { own: OWN, current: C }],
])('notes that %s works', (_what, before, version, note) => {
  expect(noteOf(before, OWN, version)).toEqual(note);
});
