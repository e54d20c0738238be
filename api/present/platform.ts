/** Fargate platform versions: what callers name and what ECS shows. */
import type { LaunchType } from '../../model/status.ts';

export const LATEST_PLATFORM_VERSION = 'LATEST';
/** What LATEST stands for on Linux. */
export const CURRENT_PLATFORM_VERSION = '1.4.0';
const PLATFORM_FAMILY = 'Linux';

/** The number behind a platform version; absent counts as LATEST. */
export const resolvePlatformVersion = (version: string | undefined): string =>
  version === undefined || version === LATEST_PLATFORM_VERSION ? CURRENT_PLATFORM_VERSION : version;

/** Platform members of a task, service or deployment: only FARGATE has them. */
export function platformMembers(
  launchType: LaunchType | undefined,
  platformVersion: string | undefined,
): { platformVersion?: string; platformFamily?: string } {
  if (launchType !== 'FARGATE') return {};
  return { platformVersion: platformVersion ?? LATEST_PLATFORM_VERSION, platformFamily: PLATFORM_FAMILY };
}
