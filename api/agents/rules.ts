/** Checks the request for a join token. */
import { z } from 'zod';
import { invalid } from '../ecs/rules/refusals.ts';

const MOST_USES = 1_000;
const HOUR_S = 3_600;
const LONGEST_S = 30 * 24 * HOUR_S;

const joinTokenRequest = z.strictObject({
  /** Agents that join are in this zone. Absent: each says where it is. */
  availabilityZone: z
    .string()
    .regex(/^[\w.-]{1,128}$/, 'must be a zone such as us-east-1a')
    .optional(),
  uses: z.int().min(1).max(MOST_USES, `must be between 1 and ${MOST_USES}`).default(1),
  durationSeconds: z
    .int()
    .min(60)
    .max(LONGEST_S, `must be between 60 (a minute) and ${LONGEST_S} (30 days)`)
    .default(HOUR_S),
});

export type JoinTokenRequest = z.infer<typeof joinTokenRequest>;

/** Throws InvalidParameterException. */
export function readJoinTokenRequest(body: unknown): JoinTokenRequest {
  const read = joinTokenRequest.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw invalid(`${where === '' ? 'The request for a join token' : where}: ${issue?.message ?? 'is not valid'}.`);
}
