/** Which version has which staging label. Each label is on one version at most, and AWSCURRENT always on one. Pure. */
import type { SecretVersion } from '../../../model/secrets/secret.ts';
import type { EpochMs } from '../../../model/time.ts';
import { CURRENT } from '../read-secret.ts';
import { invalidParameter, limitExceeded, noSuchVersion } from '../refusals.ts';

const PREVIOUS = 'AWSPREVIOUS';
/** Of all versions together. */
const MOST_LABELS = 20;
const MOST_VERSIONS = 100;
/** A younger version stays, although it has no label. */
const KEPT_MS = 86_400_000;

type Versions = readonly SecretVersion[];

const holderOf = (versions: Versions, label: string): SecretVersion | undefined =>
  versions.find(({ stages }) => stages.includes(label));

/** The versions after one has been added with these labels, AWSCURRENT by default. The first one is always AWSCURRENT. */
export function withVersion(
  versions: Versions,
  { id, stages = [CURRENT] }: { readonly id: string; readonly stages?: readonly string[] },
  now: EpochMs,
): Versions {
  const labels = holderOf(versions, CURRENT) === undefined ? [...stages, CURRENT] : stages;
  const added: SecretVersion = { id, stages: [], createdAt: now };
  const all = [...new Set(labels)]
    // What was AWSCURRENT becomes AWSPREVIOUS, so this comes last.
    .toSorted((a, b) => Number(a === CURRENT) - Number(b === CURRENT))
    .reduce<Versions>((kept, label) => labelled(kept, label, id), [...versions, added]);
  return trimmed(bounded(all), now);
}

export interface StageMove {
  readonly stage: string;
  readonly removeFrom?: string;
  readonly moveTo?: string;
}

/** The versions after a label has been moved, added or removed. Throws as UpdateSecretVersionStage does. */
export function withStageMoved(versions: Versions, { stage, removeFrom, moveTo }: StageMove): Versions {
  for (const id of [removeFrom, moveTo]) {
    if (id !== undefined && !versions.some((version) => version.id === id)) throw noSuchVersion(`VersionId: ${id}`);
  }
  if (removeFrom === undefined && moveTo === undefined) {
    throw invalidParameter('You must specify RemoveFromVersionId, MoveToVersionId, or both.');
  }
  const holder = holderOf(versions, stage);
  if (holder !== undefined && holder.id !== removeFrom && holder.id !== moveTo) {
    throw invalidParameter(
      removeFrom === undefined
        ? `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`
        : `Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
    );
  }
  if (removeFrom !== undefined && holder?.id !== removeFrom) {
    throw invalidParameter(`Staging label ${stage} is not attached to version ${removeFrom}.`);
  }
  if (moveTo !== undefined) return bounded(labelled(versions, stage, moveTo));
  if (stage === CURRENT) {
    throw invalidParameter(
      'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
    );
  }
  return unlabelled(versions, stage);
}

const unlabelled = (versions: Versions, label: string): Versions =>
  versions.map((version) => ({ ...version, stages: version.stages.filter((stage) => stage !== label) }));

/** The label goes from wherever it is to the version with the id. */
function labelled(versions: Versions, label: string, id: string): Versions {
  const before = holderOf(versions, label);
  if (before?.id === id) return versions;
  const moved = attached(versions, label, id);
  return label === CURRENT && before !== undefined ? attached(moved, PREVIOUS, before.id) : moved;
}

const attached = (versions: Versions, label: string, id: string): Versions =>
  unlabelled(versions, label).map((version) =>
    version.id === id ? { ...version, stages: [...version.stages, label] } : version,
  );

function bounded(versions: Versions): Versions {
  if (versions.flatMap(({ stages }) => stages).length <= MOST_LABELS) return versions;
  throw limitExceeded(`A secret can have at most ${MOST_LABELS} staging labels.`);
}

/** Without the oldest versions that have no label, as far as there are more than a hundred. */
function trimmed(versions: Versions, now: EpochMs): Versions {
  let surplus = versions.length - MOST_VERSIONS;
  const kept = versions.filter(({ stages, createdAt }) => {
    const goes = surplus > 0 && stages.length === 0 && createdAt < now - KEPT_MS;
    if (goes) surplus--;
    return !goes;
  });
  if (surplus <= 0) return kept;
  throw limitExceeded(
    `A secret can have at most ${MOST_VERSIONS} versions. Versions without a staging label go once they are a day old.`,
  );
}
