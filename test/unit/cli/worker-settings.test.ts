/** What a worker by itself makes of the settings. */
import { expect, it } from 'vitest';
import { workerSettings } from '../../../cli/commands/worker.ts';
import { addressFault } from '../../../model/outgoing-address.ts';
import { readSettings } from '../../../tools/settings.ts';

it('a worker by itself sends webhooks to its own machine only if the operator allows it', () => {
  const isAllowed = (env: Record<string, string>): boolean =>
    addressFault('127.0.0.1', workerSettings(readSettings(env)).webhookAddresses) === undefined;
  expect(addressFault('127.0.0.1', readSettings({}).webhookAddresses)).toBeUndefined();
  expect(isAllowed({})).toBe(false);
  expect(isAllowed({ LONGSHORE_WEBHOOK_ALLOW: '127.0.0.0/8' })).toBe(true);
});
