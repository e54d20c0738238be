/** The committed authorization reference is what the tool writes from the pinned package. */
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { authorizationData, fileOf, SERVICES } from '../../../tools/authorization-data.ts';

it.each(SERVICES)('%s.json is current; otherwise run npm run authorization-data', async (service) => {
  expect(await readFile(fileOf(service), 'utf8')).toBe(await authorizationData(service));
});
