/** What is written as a file of variables is read as these variables; and a file's object is always below its bucket. */
import * as path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readObjectArn, readVariables } from '../../../model/environment-file.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.]{0,8}$/);
const value = fc.string({ minLength: 1 }).filter((text) => !/[\r\n]/.test(text));
const noise = fc.constantFrom('', '# comment=1', '=x', 'NAME', 'EMPTY=');

it('reads what was written, whatever stands between', () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, value),
      fc.array(noise),
      fc.constantFrom('\n', '\r\n'),
      (variables, between, end) => {
        const lines = Object.entries(variables).map(([key, text]) => `${key}=${text}`);
        expect(readVariables([...between, ...lines, ...between].join(end))).toEqual({ ...variables });
      },
    ),
  );
});

it('names no file outside of the bucket', () => {
  const part = fc.constantFrom('a', '.', '..', '', 'b.env', '%2e%2e', '...');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const object = readObjectArn(`arn:aws:s3:::bucket/${parts.join('/')}`);
      if (object === undefined) return;
      const file = path.join('/folder', object.bucket, object.key);
      expect(file).toBe(`/folder/bucket/${parts.join('/')}`);
    }),
  );
});
