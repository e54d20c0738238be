/** The `longshore` command: which word runs what, and how a failure reaches the person at the terminal. */
import { explainSystemError } from '../tools/system-error.ts';
import { readSettings, SetupError, type Settings } from '../tools/settings.ts';

interface Command {
  readonly what: string;
  /** Loaded when it is asked for: set-up must not wait for code that it does not use. */
  readonly load: () => Promise<{ readonly run: (settings: Settings, args: readonly string[]) => Promise<void> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    what: 'everything on this machine: the API, the scheduler, an agent',
    load: () => import('./commands/start.ts'),
  },
  agent: {
    what: 'an agent alone: joins this Docker host (or, with --simulate N, pretended ones) to a cluster',
    load: () => import('./commands/agent.ts'),
  },
  api: { what: 'the API alone', load: () => import('./commands/api.ts') },
  worker: { what: 'the scheduler alone', load: () => import('./commands/worker.ts') },
  'temporal-ui': {
    what: "the Temporal UI's port, before a UI of your own, for pages of this machine only",
    load: () => import('./commands/temporal-ui.ts'),
  },
  demo: { what: 'a service of three on a running Longshore', load: () => import('./commands/demo.ts') },
  sim: { what: 'a simulated cluster in virtual time, its promises checked', load: () => import('./commands/sim.ts') },
  why: {
    what: 'why a task, a service, a deployment or an instance is where it is',
    load: () => import('./commands/why.ts'),
  },
  events: { what: 'what happened, and with --follow what happens', load: () => import('./commands/events.ts') },
  orphans: {
    what: 'containers that other data folders left on this Docker engine, and their removal',
    load: () => import('./commands/orphans.ts'),
  },
  test: { what: 'all tests, on real parts', load: () => import('./commands/test.ts') },
  bench: { what: 'speed, beside its references', load: () => import('./commands/bench.ts') },
};

/** Commands that run until they are told to stop. */
const SERVERS: ReadonlySet<string> = new Set(['start', 'agent', 'api', 'worker', 'temporal-ui']);

const HELP = `Usage: longshore <command>

${Object.entries(COMMANDS)
  .map(([name, command]) => `  ${name.padEnd(12)}${command.what}`)
  .join('\n')}

Settings are environment variables: docs/settings.md lists them.
`;

/** Runs the command that the arguments name. Mistakes of the person end with one message and exit code 1. */
export async function main(args: readonly string[]): Promise<void> {
  const [name = 'help', ...rest] = args;
  outliveOutput();
  if (['help', '--help', '-h'].includes(name)) {
    process.stdout.write(HELP);
    return;
  }
  const command = COMMANDS[name];
  if (command === undefined) {
    process.stderr.write(`There is no command "${name}".\n\n${HELP}`);
    process.exit(1);
  }
  try {
    const settings = readSettings(process.env);
    const { run } = await command.load();
    await run(settings, rest);
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
    process.exit(1);
  }
}

/**
 * Whoever read the output may be gone, and the disk that it goes to may be full: servers run on without a terminal. A
 * command whose reader has gone has nobody to work for.
 */
function outliveOutput(): void {
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' && !SERVERS.has(process.argv[2] ?? '')) process.exit(0);
  });
}

function explain(error: unknown): string {
  if (error instanceof SetupError) return error.message;
  const refused = explainSystemError(error);
  if (refused !== undefined) return refused;
  if (!(error instanceof Error)) return String(error);
  // Something that set-up did not foresee: the place in the code helps whoever looks into it.
  return error.stack ?? error.message;
}
