/** The value of a secret that a person puts: from a file or from standard input, and never from an argument, which others see. */
import * as fs from 'node:fs';
import { SetupError } from '../../tools/settings.ts';

/** Throws SetupError for a file that cannot be read. */
export async function readValue(file: string | undefined): Promise<Buffer> {
  if (file === undefined) return readInput();
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new SetupError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function readInput(): Promise<Buffer> {
  if (process.stdin.isTTY) process.stderr.write('Type the value, then Enter and Ctrl-D.\n');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array));
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
