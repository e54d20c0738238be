/** Labels of a parameter's versions: each is on one version at most. Pure. */
import { AwsError } from '../../../model/errors.ts';
import type { ParameterVersion } from '../../../model/secrets/parameter.ts';

const MOST_LABELS = 10;
const LABEL = /^[A-Za-z_.-][\w.-]*$/;
const RESERVED = /^(?:aws|ssm)/i;

export const isLabel = (label: string): boolean => LABEL.test(label) && !RESERVED.test(label);

type Versions = readonly ParameterVersion[];

/** The labels go from wherever they are to the version. Throws ParameterVersionLabelLimitExceeded. */
export function withLabels(versions: Versions, version: number, labels: readonly string[]): Versions {
  return versions.map((each) => {
    const others = each.labels.filter((label) => !labels.includes(label));
    if (each.version !== version) return { ...each, labels: others };
    const all = [...others, ...labels];
    if (all.length > MOST_LABELS) {
      throw new AwsError(
        'ParameterVersionLabelLimitExceeded',
        `A parameter version can have maximum ${MOST_LABELS} labels. Move one or more labels to another version and try again.`,
      );
    }
    return { ...each, labels: all };
  });
}

export const withoutLabels = (versions: Versions, version: number, labels: readonly string[]): Versions =>
  versions.map((each) =>
    each.version === version ? { ...each, labels: each.labels.filter((label) => !labels.includes(label)) } : each,
  );
