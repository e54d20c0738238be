/** Presents scale-in protection. */
import type { ProtectedTask } from '@aws-sdk/client-ecs';
import type { EpochMs } from '../../../model/time.ts';
import { toDate } from '../../../model/wire/dates.ts';

/** A protection that has ended shows no date. */
export const presentProtection = (arn: string, protectedUntil: EpochMs, now: EpochMs): ProtectedTask => ({
  taskArn: arn,
  protectionEnabled: protectedUntil > now,
  expirationDate: protectedUntil > now ? toDate(protectedUntil) : undefined,
});
