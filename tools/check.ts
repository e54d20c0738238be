/** `npm run check`: the static checks, two at a time. Each check's output comes in one piece when it has ended. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Scripts of package.json, the longest first. */
const CHECKS = ['lint', 'types', 'unused', 'format'];
const AT_A_TIME = 2;

interface Outcome {
  readonly name: string;
  readonly code: number;
  readonly seconds: string;
  readonly output: string;
}

function run(name: string): Promise<Outcome> {
  const began = performance.now();
  const child = spawn('npm', ['run', '--silent', `check:${name}`], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      resolve({ name, code: code ?? 1, seconds, output });
    });
  });
}

const waiting = [...CHECKS];
const outcomes: Outcome[] = [];

async function runWaiting(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const outcome = await run(name);
    outcomes.push(outcome);
    process.stdout.write(`check:${name} ${outcome.code === 0 ? 'passed' : 'FAILED'} (${outcome.seconds} s)\n`);
    process.stdout.write(outcome.output);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await Promise.all(Array.from({ length: AT_A_TIME }, runWaiting));
  process.exitCode = outcomes.find(({ code }) => code !== 0)?.code ?? 0;
}
