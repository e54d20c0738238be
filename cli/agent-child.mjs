/**
 * The agent as the launcher starts it, from the source tree or from a package that this host fetched. Plain JavaScript, so that a
 * Node.js that is too old hears so.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// They hold a token, and the processes below the agent get its environment.
const given = process.env.LONGSHORE_AGENT_ARGUMENTS ?? '{}';
delete process.env.LONGSHORE_AGENT_ARGUMENTS;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [needed, found] = [engines.node, process.versions.node].map((text) =>
  text.replace('>=', '').split('.').map(Number),
);
if (found[0] < needed[0] || (found[0] === needed[0] && found[1] < needed[1])) {
  const reason = `This version of the agent needs Node.js ${engines.node}; this host has ${process.versions.node}.`;
  process.send({ kind: 'fails', reason }, () => process.exit(1));
  console.error(reason);
} else {
  const { register } = await import(
    pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'esm', 'api', 'index.mjs')).href
  );
  register();
  const { main } = await import('./agent-child.ts');
  await main(given);
}
