/** Refuses container parameters that a network mode excludes. */
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import type { ContainerRule, Rule } from './definition.ts';
import { containersOf, eachContainer, isEmpty, nameOf } from './definition.ts';

type Parameter = readonly [label: string, asked: (container: ContainerDefinition) => boolean];

const LINKS: Parameter = ['Links are', ({ links }) => !isEmpty(links)];
const IN_AWSVPC: readonly Parameter[] = [
  LINKS,
  ['Extra hosts are', ({ extraHosts }) => !isEmpty(extraHosts)],
  ['Hostname is', ({ hostname }) => hostname !== undefined && hostname !== ''],
  ['DNS servers are', ({ dnsServers }) => !isEmpty(dnsServers)],
  ['DNS search domains are', ({ dnsSearchDomains }) => !isEmpty(dnsSearchDomains)],
  ['Disable Networking is', ({ disableNetworking }) => disableNetworking === true],
];
const RULED_OUT: Readonly<Record<string, readonly Parameter[]>> = {
  awsvpc: IN_AWSVPC,
  host: [LINKS],
  none: [LINKS],
};

const parameters: ContainerRule = function* (container, { networkMode = 'bridge' }) {
  for (const [label, asked] of RULED_OUT[networkMode] ?? []) {
    if (asked(container)) yield `${label} not supported on container when networkMode=${networkMode}`;
  }
};

export const networkModeRule = eachContainer(parameters);

/** A link names a container of the same definition, perhaps with an alias: `db` or `db:database`. */
export const linksRule: Rule = function* (definition) {
  const names = new Set(containersOf(definition).map(nameOf));
  for (const container of containersOf(definition)) {
    for (const link of container.links ?? []) {
      const [target = ''] = link.split(':');
      if (!names.has(target)) {
        yield `Container '${nameOf(container)}' links to '${target}', which is not in the task definition.`;
      }
    }
  }
};
