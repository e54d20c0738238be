/** Keeps the values of secrets out of what the engine says: a log driver repeats options that it does not like. Pure. */
import type { ContainerInspectInfo } from 'dockerode';
import type { ContainerSecrets } from '../../../model/task-calls.ts';

/** The label with the names of log options that are secrets. Their values are in the container's configuration alone. */
const SECRET_LOG_OPTIONS_LABEL = 'longshore.secret-log-options';
/** A shorter value is in too many words, and is no secret. */
const SHORTEST = 3;
const HIDDEN = '****';

/** All the values of a container that nobody but its programs may see. */
export const valuesOf = (secrets: ContainerSecrets | undefined): readonly string[] =>
  secrets === undefined
    ? []
    : [
        ...[secrets.fileEnvironment, secrets.environment, secrets.logOptions].flatMap((each) => Object.values(each)),
        ...(secrets.registryAuth === undefined ? [] : [secrets.registryAuth.password]),
      ];

/** The text with asterisks for each value, also as a quoted text or in a URL. Longer values go first: one may contain another. */
export function hideValues(text: string, values: readonly string[]): string {
  const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), escaped(value)]);
  const long = [...new Set(forms)].filter(({ length }) => length >= SHORTEST).sort((a, b) => b.length - a.length);
  return long.reduce((shown, value) => shown.replaceAll(value, HIDDEN), text);
}

function escaped(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half a surrogate pair has no form in a URL.
    return value;
  }
}

/** Also without secret options: an image may bring a label of that name along. */
export const labelOf = (secrets: ContainerSecrets | undefined): Readonly<Record<string, string>> => ({
  [SECRET_LOG_OPTIONS_LABEL]: JSON.stringify(Object.keys(secrets?.logOptions ?? {})),
});

/** The same for a container that exists: an agent that starts later knows its secret options by the label. */
export function hideLogOptions(
  text: string,
  { Config, HostConfig }: Pick<ContainerInspectInfo, 'Config' | 'HostConfig'>,
): string {
  const names = namesIn(Config.Labels[SECRET_LOG_OPTIONS_LABEL] ?? '');
  if (names.length === 0) return text;
  const options = HostConfig.LogConfig?.Config as Readonly<Record<string, string>> | null | undefined;
  return hideValues(
    text,
    names.flatMap((name) => options?.[name] ?? []),
  );
}

/** None, if somebody else wrote the label. */
function namesIn(label: string): readonly string[] {
  try {
    const names: unknown = JSON.parse(label);
    return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}
