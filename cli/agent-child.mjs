/**
 * The agent as the launcher starts it, from the source tree or from a package that this host fetched. Plain JavaScript, so that a
 * Node.js that is too old hears so.
 */
import { loadCode, nodeRefusal } from './code.mjs';

// They hold a token, and the processes below the agent get its environment.
const given = process.env.LONGSHORE_AGENT_ARGUMENTS ?? '{}';
delete process.env.LONGSHORE_AGENT_ARGUMENTS;

const refusal = nodeRefusal();
if (refusal === undefined) {
  const { main } = await loadCode(new URL('agent-child.ts', import.meta.url));
  await main(given);
} else {
  const reason = `This version of the agent ${refusal}`;
  process.send({ kind: 'fails', reason, cannotRun: true }, () => process.exit(1));
  console.error(reason);
}
