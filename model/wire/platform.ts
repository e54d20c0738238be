/** Fargate platform versions: what callers name and what ECS shows. */

export const LATEST_PLATFORM_VERSION = 'LATEST';
/** What LATEST stands for on Linux. */
export const CURRENT_PLATFORM_VERSION = '1.4.0';
export const PLATFORM_FAMILY = 'Linux';

/** The number behind a platform version; absent counts as LATEST. */
export const resolvePlatformVersion = (version: string | undefined): string =>
  version === undefined || version === LATEST_PLATFORM_VERSION ? CURRENT_PLATFORM_VERSION : version;
