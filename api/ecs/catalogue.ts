/** All operations of the ECS API, and what the SDK's schemas do not say about their numbers and texts. */
import * as sdk from '@aws-sdk/client-ecs';
import { Catalogue } from '../protocol/catalogue.ts';
import { enumOf, otherwiseOf } from './enum-members.ts';

/** All numbers of the API are integers except these. */
const DOUBLES = new Set([
  'Resource.doubleValue',
  'Scale.value',
  'LinearConfiguration.stepPercent',
  'CanaryConfiguration.canaryPercent',
  'DaemonDeploymentConfiguration.drainPercent',
  'MemoryGiBPerVCpuRequest.min',
  'MemoryGiBPerVCpuRequest.max',
  'NetworkBandwidthGbpsRequest.min',
  'NetworkBandwidthGbpsRequest.max',
  'TotalLocalStorageGBRequest.min',
  'TotalLocalStorageGBRequest.max',
]);
/** Integers of requests that need more than 32 bits. */
const LONGS = new Set(['Resource.longValue']);

export const ecsCatalogue = new Catalogue(sdk, { doubles: DOUBLES, longs: LONGS, valuesOf: enumOf, otherwiseOf });
