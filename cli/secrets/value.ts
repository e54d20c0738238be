/** The value of a secret that a person puts: from a file or from standard input, and never from an argument, which others see. */
import * as fs from 'node:fs';
import { SetupError } from '../../tools/settings.ts';

type Input = AsyncIterable<unknown> & { readonly isTTY?: boolean };

/** Throws SetupError for a file that cannot be read. */
export async function readValue(file: string | undefined, input: Input = process.stdin): Promise<Buffer> {
  if (file === undefined) return readInput(input);
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new SetupError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readInput(input: Input): Promise<Buffer> {
  if (input.isTTY === true) process.stderr.write('Type the value, then Enter and Ctrl-D.\n');
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}

/** The value as text, without the one newline that editors and `echo` put at its end. Throws SetupError for bytes that are no text. */
export function asText(value: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
    return text.replace(/\r?\n$/, '');
  } catch {
    throw new SetupError('The value is no UTF-8 text. Give --binary to keep bytes.');
  }
}
