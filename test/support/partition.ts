/** The account and region of tests. */
import type { Partition } from '../../model/arn.ts';

export const TEST_PARTITION: Partition = { account: '123456789012', region: 'us-east-1' };
