/** The `longshore` command: maps each word to its command, and explains failures to the person at the terminal. */
import { readSettings, type Settings } from '../tools/settings.ts';
import { explain, outliveOutput } from './explain.ts';

interface Command {
  readonly what: string;
  /** Loads the command on demand: set-up must not wait for code that it does not use. */
  readonly load: () => Promise<{ readonly run: (settings: Settings, args: readonly string[]) => Promise<void> }>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    what: 'run everything on this machine: the API, the scheduler and an agent',
    load: () => import('./commands/start.ts'),
  },
  agent: {
    what: 'run only an agent: join this Docker host (with --simulate N: simulated hosts) to a cluster',
    load: () => import('./commands/agent.ts'),
  },
  api: { what: 'run only the API', load: () => import('./commands/api.ts') },
  worker: { what: 'run only the scheduler', load: () => import('./commands/worker.ts') },
  'temporal-ui': {
    what: 'run only the proxy in front of your own Temporal UI, which serves pages of this machine only',
    load: () => import('./commands/temporal-ui.ts'),
  },
  'access-key': {
    what: 'make and manage the keys of root, where callers must sign',
    load: () => import('./commands/access-key.ts'),
  },
  secrets: {
    what: 'keep secrets and parameters, and seal all anew after a new master key',
    load: () => import('./commands/secrets.ts'),
  },
  token: {
    what: 'make and manage the tokens by which other Docker hosts join',
    load: () => import('./commands/token.ts'),
  },
  instance: {
    what: 'cut a host off that joined by a token',
    load: () => import('./commands/instance.ts'),
  },
  demo: { what: 'show a service with three tasks on a running Longshore', load: () => import('./commands/demo.ts') },
  sim: {
    what: 'simulate a cluster in virtual time and check what Longshore promises',
    load: () => import('./commands/sim.ts'),
  },
  why: {
    what: 'explain what happened to a task, a service, a deployment, a container instance or a call, and why',
    load: () => import('./commands/why.ts'),
  },
  audit: {
    what: 'print who changed what, and who was refused',
    load: () => import('./commands/audit.ts'),
  },
  events: {
    what: 'print past events, and with --follow new ones as they happen',
    load: () => import('./commands/events.ts'),
  },
  orphans: {
    what: 'list or remove containers that other data folders left on this Docker engine',
    load: () => import('./commands/orphans.ts'),
  },
  test: { what: 'run all tests', load: () => import('./commands/test.ts') },
  bench: { what: 'measure speed and compare it with reference systems', load: () => import('./commands/bench.ts') },
};

/** Commands that run until a signal stops them. */
const SERVERS: ReadonlySet<string> = new Set(['start', 'agent', 'api', 'worker', 'temporal-ui']);

const HELP = `Usage: longshore <command>

${Object.entries(COMMANDS)
  .map(([name, command]) => `  ${name.padEnd(12)}${command.what}`)
  .join('\n')}

Settings are environment variables: docs/settings.md lists them.
`;

/** Runs the command that the arguments name. A user's mistake ends with one message and exit code 1. */
export async function main(args: readonly string[]): Promise<void> {
  const [name = 'help', ...rest] = args;
  outliveOutput({ isServer: SERVERS.has(name) });
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
    // Servers and commands that this process starts would inherit them.
    delete process.env['LONGSHORE_MASTER_KEY'];
    delete process.env['LONGSHORE_MASTER_KEY_PREVIOUS'];
    const { run } = await command.load();
    await run(settings, rest);
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
    process.exit(1);
  }
}
