/** All rules of RegisterTaskDefinition, in the order in which they are checked. */
import { EcsError } from '../../../../model/errors.ts';
import { refusalText } from '../../../../model/refusal-advice.ts';
import { unsupportedParameters } from '../../../../model/unsupported-parameters.ts';
import type { Definition, Rule } from './definition.ts';
import { containersRule, familyRule } from './containers.ts';
import { dependencyCycleRule, dependsOnRule, volumesFromRule } from './dependencies.ts';
import { externalRule } from './external.ts';
import { fargateRule } from './fargate.ts';
import { healthCheckRule } from './health-check.ts';
import { limitsRule, swapRule } from './limits.ts';
import { linuxParametersRule, securityOptionsRule, systemControlsRule } from './linux.ts';
import { loggingRule } from './logging.ts';
import { namesRule } from './names.ts';
import { linksRule, networkModeRule } from './network-mode.ts';
import { portMappingsRule, portNamesRule, sharedPortsRule } from './ports.ts';
import { rolesRule } from './roles.ts';
import { environmentFilesRule, executionRoleRule, secretsRule } from './secrets.ts';
import { SIZE_RULES } from './sizes.ts';
import {
  definitionSizeRule,
  ephemeralStorageRule,
  placementConstraintsRule,
  proxyConfigurationRule,
} from './task-level.ts';
import { mountPointsRule, volumesRule } from './volumes.ts';

/** Rules for the compute that the definition requires. */
const COMPATIBILITY_RULES: Readonly<Record<string, Rule>> = {
  EC2: () => [],
  EXTERNAL: externalRule,
  FARGATE: fargateRule,
  MANAGED_INSTANCES: () => [refusalText('requiresCompatibilities MANAGED_INSTANCES')],
};

const compatibilityRule: Rule = function* (definition) {
  for (const compatibility of definition.requiresCompatibilities ?? []) {
    yield* COMPATIBILITY_RULES[compatibility]?.(definition) ?? [];
  }
};

/** What ECS allows and Longshore does not support yet is refused by name, never ignored. */
const supportedRule: Rule = (definition) => unsupportedParameters(definition).map(refusalText);

const RULES: readonly Rule[] = [
  familyRule,
  containersRule,
  definitionSizeRule,
  compatibilityRule,
  ...SIZE_RULES,
  dependsOnRule,
  volumesFromRule,
  linksRule,
  dependencyCycleRule,
  networkModeRule,
  portMappingsRule,
  portNamesRule,
  sharedPortsRule,
  volumesRule,
  mountPointsRule,
  healthCheckRule,
  limitsRule,
  linuxParametersRule,
  swapRule,
  systemControlsRule,
  securityOptionsRule,
  namesRule,
  loggingRule,
  rolesRule,
  executionRoleRule,
  secretsRule,
  environmentFilesRule,
  placementConstraintsRule,
  proxyConfigurationRule,
  ephemeralStorageRule,
  supportedRule,
];

/** Throws ClientException with the first thing that is wrong with a definition. */
export function checkDefinition(definition: Definition): void {
  for (const rule of RULES) {
    for (const message of rule(definition)) throw new EcsError('ClientException', message);
  }
}
