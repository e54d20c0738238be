/** Checks the parameters of the definition other than its containers. */
import { MAX_PLACEMENT_CONSTRAINTS, readConstraint } from '../../../../model/placement-rules.ts';
import type { Rule } from './definition.ts';
import { containersOf, nameOf, outside } from './definition.ts';

export const placementConstraintsRule: Rule = function* ({ placementConstraints = [] }) {
  if (placementConstraints.length > MAX_PLACEMENT_CONSTRAINTS) {
    yield `A task definition can have at most ${MAX_PLACEMENT_CONSTRAINTS} placement constraints.`;
  }
  for (const { expression } of placementConstraints) {
    const rule = readConstraint({ type: 'memberOf', expression });
    if (rule.kind === 'unreadable') yield rule.message;
  }
};

const APP_MESH_PROPERTIES = ['ProxyIngressPort', 'ProxyEgressPort', 'AppPorts', 'EgressIgnoredIPs'];

export const proxyConfigurationRule: Rule = function* (definition) {
  const proxy = definition.proxyConfiguration;
  if (proxy === undefined) return;
  if (definition.networkMode !== 'awsvpc') yield 'proxyConfiguration is only supported when networkMode=awsvpc.';
  if (!containersOf(definition).some((container) => nameOf(container) === proxy.containerName)) {
    yield `The container '${proxy.containerName ?? ''}' of proxyConfiguration is not in the task definition.`;
  }
  const given = new Set((proxy.properties ?? []).map(({ name }) => name));
  for (const property of APP_MESH_PROPERTIES) {
    if (!given.has(property)) yield `proxyConfiguration requires the property ${property}.`;
  }
  if (!given.has('IgnoredUID') && !given.has('IgnoredGID')) {
    yield 'proxyConfiguration requires the property IgnoredUID or IgnoredGID.';
  }
};

export const ephemeralStorageRule: Rule = function* ({ ephemeralStorage, requiresCompatibilities = [] }) {
  if (ephemeralStorage === undefined) return;
  yield* outside('The sizeInGiB of ephemeralStorage', ephemeralStorage.sizeInGiB, [21, 200]);
  if (!requiresCompatibilities.includes('FARGATE')) {
    yield 'ephemeralStorage is only supported for task definitions that require FARGATE compatibility.';
  }
};

/** ECS's limit on the size of a definition as JSON. */
const MAX_DEFINITION_BYTES = 64 * 1024;

export const definitionSizeRule: Rule = function* (definition) {
  const { tags: _tags, ...rest } = definition;
  const size = Buffer.byteLength(JSON.stringify(rest));
  if (size > MAX_DEFINITION_BYTES) {
    yield `The task definition has ${size} bytes; at most ${MAX_DEFINITION_BYTES} are allowed.`;
  }
};
