/** One agent below the launcher: a process of its own, which ends with the launcher. */
import { type ChildProcess, spawn } from 'node:child_process';
import { agentMessage, type AgentArguments, type AgentMessage, ARGUMENTS_VARIABLE } from './messages.ts';

/** A process that the signal ended has no exit code; shells count from here. */
const ENDED_BY_SIGNAL = 128;
const NOT_STARTED = 1;

export class AgentProcess {
  readonly #child: ChildProcess;
  /** Its exit code. */
  readonly ended: Promise<number>;

  /** `entry`: a program for Node.js. */
  constructor(entry: string, args: AgentArguments, onMessage: (message: AgentMessage) => void) {
    this.#child = spawn(process.execPath, [entry], {
      env: { ...process.env, [ARGUMENTS_VARIABLE]: JSON.stringify(args) },
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    this.#child.on('message', (message) => {
      const read = agentMessage.safeParse(message);
      // A newer version may have more to say than this one understands.
      if (read.success) onMessage(read.data);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('error', () => resolve(NOT_STARTED));
      this.#child.once('close', (code) => resolve(code ?? ENDED_BY_SIGNAL));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}
