/** Files of environment variables, and the objects by which definitions name them. */
import { describe, expect, it } from 'vitest';
import { readObjectArn, readVariables } from '../../../model/environment-file.ts';

describe('the variables of a file', () => {
  it.each([
    ['', {}],
    ['A=1\nB=two words\n', { A: '1', B: 'two words' }],
    ['A=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['# A=1\n#B=2\nC=3', { C: '3' }],
    [' # A=1', { ' # A': '1' }],
    ['A=b=c==', { A: 'b=c==' }],
    ['A="quoted" # kept', { A: '"quoted" # kept' }],
    ['A= $HOME ', { A: ' $HOME ' }],
    ['A=\n=b\nC\n\nD=4', { D: '4' }],
    ['A=1\nA=2', { A: '2' }],
  ])('%j', (text, variables) => expect(readVariables(text)).toEqual(variables));
});

describe('the ARN of an object', () => {
  it.each([
    ['arn:aws:s3:::bucket/web.env', { bucket: 'bucket', key: 'web.env' }],
    ['arn:aws-cn:s3:::my.bucket/a/b/c.env', { bucket: 'my.bucket', key: 'a/b/c.env' }],
  ])('%s', (arn, object) => expect(readObjectArn(arn)).toEqual(object));
  it.each([
    ...['arn:aws:s3:::bucket', 'arn:aws:s3:::bucket/', 's3://bucket/a.env', 'arn:aws:s3:::../a.env', ''],
    ...['arn:aws:s3:::bucket/../b/a.env', 'arn:aws:s3:::bucket/a//b.env', 'arn:aws:s3:::bucket/./a.env'],
    ...['arn:aws:s3:::bucket//etc/a.env', 'arn:aws:s3:::Bucket/a.env', 'arn:aws:s3:::bucket/a\0.env'],
  ])('not %j', (arn) => expect(readObjectArn(arn)).toBeUndefined());
});
