/** Shows what set-up is doing, with the elapsed time of each part that takes longer than a moment. */

const SILENT_FOR_MS = 2_000;
const REPEAT_EVERY_MS = 15_000;

/** Writes to standard error, so that standard output stays clean for pipes. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export const seconds = (ms: number): string =>
  ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;

/**
 * Runs the work. Prints nothing if it ends within two seconds. Otherwise prints its name, repeats it with the elapsed time,
 * and ends with how long it took. On a terminal the repeats overwrite one line.
 */
export async function withProgress<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const terminal = process.stderr.isTTY;
  let shown = false;
  const tell = (): void => {
    const line = `  … ${what} (${seconds(performance.now() - begun)})`;
    process.stderr.write(terminal ? `\r\x1b[K${line}` : `${line}\n`);
    shown = true;
  };
  let repeat: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    tell();
    repeat = setInterval(tell, terminal ? 1_000 : REPEAT_EVERY_MS);
  }, SILENT_FOR_MS);
  const end = (mark: string): void => {
    clearTimeout(first);
    clearInterval(repeat);
    if (shown)
      process.stderr.write(`${terminal ? '\r\x1b[K' : ''}  ${mark} ${what} (${seconds(performance.now() - begun)})\n`);
  };
  try {
    const result = await work();
    end('✓');
    return result;
  } catch (error) {
    end('✗');
    throw error;
  }
}
