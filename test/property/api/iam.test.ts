/** IAM's pages and documents, whatever is in them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pageOf } from '../../../api/iam/pages.ts';
import { encodeDocument } from '../../../api/iam/present.ts';
import { pageOfAll } from '../../../api/protocol/pages.ts';
import { iamArn, parseIamArn } from '../../../model/iam/arn.ts';

it('pages hold every item once, in order, however large they are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.string()), fc.integer({ min: 1, max: 5 }), async (items, MaxItems) => {
      const found: string[] = [];
      let paging: { IsTruncated: boolean; Marker?: string } = { IsTruncated: true };
      while (paging.IsTruncated) {
        const page = await pageOf(['list'], { MaxItems, Marker: paging.Marker }, (request) =>
          Promise.resolve(pageOfAll(items, request, (item) => item)),
        );
        expect(page.items.length).toBeLessThanOrEqual(MaxItems);
        found.push(...page.items);
        paging = page.paging;
      }
      expect(found).toEqual(items);
      expect(paging.Marker).toBeUndefined();
    }),
  );
});

it('a document that is percent-encoded is itself again when it is decoded, and holds nothing reserved', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }).map(wellFormed), (text) => {
      const encoded = encodeDocument(text);
      expect(decodeURIComponent(encoded)).toBe(text);
      expect(encoded).toMatch(/^(?:[\w.~-]|%[0-9A-F]{2})*$/);
    }),
  );
});

const wellFormed = (text: string): string => text.replaceAll(/\p{Surrogate}/gu, '');

it('an ARN says what it was made of', () => {
  const name = fc.stringMatching(/^[\w+=,.@-]{1,20}$/);
  const path = fc.oneof(fc.constant('/'), fc.stringMatching(/^\/[!-~]{1,20}\/$/));
  fc.assert(
    fc.property(fc.constantFrom('user', 'group', 'role', 'policy'), path, name, (type, within, called) => {
      const arn = iamArn('123456789012', type, { path: within, name: called });
      expect(parseIamArn(arn)).toEqual({ account: '123456789012', type, path: within, name: called });
    }),
  );
});
