/** `longshore secrets`: secrets and parameters for people. */
import { parseArgs } from 'node:util';
import { defined } from '../../model/defined.ts';
import type { Settings } from '../../tools/settings.ts';
import type { Kept, Listed } from '../secrets/kept.ts';
import { withUsage } from '../with-usage.ts';

const USAGE = `Usage: longshore secrets list [--parameter] [--json]
       longshore secrets get NAME [--version-id ID] [--stage STAGE] [--parameter]
       longshore secrets put NAME [--file FILE] [--binary] [--parameter]
       longshore secrets delete NAME [--force] [--parameter]
       longshore secrets rewrap

Asks a running Longshore, as AWS's clients do: whoever calls needs the permissions of Secrets Manager or Systems Manager.

  list         prints what there is, without values
  get          prints the value, and nothing else
  put          reads the value from standard input or from --file. Makes a new version, or a new secret
  --binary     keeps bytes as they are; without it the value is text, and one newline at its end is left out
  delete       a secret can be restored for 30 days, unless --force is given
  --parameter  a parameter of Parameter Store in place of a secret; put makes it a SecureString
  rewrap       after a new master key: seals all anew with it. Needs the database and the keys (LONGSHORE_MASTER_KEY_PREVIOUS)`;

const ACTIONS = ['list', 'get', 'put', 'delete', 'rewrap'] as const;

interface Wanted {
  readonly action: (typeof ACTIONS)[number];
  readonly name: string;
  readonly parameter: boolean;
  readonly json: boolean;
  readonly force: boolean;
  readonly binary: boolean;
  readonly file?: string;
  readonly versionId?: string;
  readonly stage?: string;
}

/** Which options belong to which action. */
const OPTIONS: Readonly<Record<Wanted['action'], readonly string[]>> = {
  list: ['parameter', 'json'],
  get: ['parameter', 'version-id', 'stage'],
  put: ['parameter', 'file', 'binary'],
  delete: ['parameter', 'force'],
  rewrap: [],
};
/** A parameter's version stands behind its name, and its value is text. */
const NOT_OF_PARAMETERS: readonly string[] = ['version-id', 'stage', 'binary', 'force'];

function readArguments(args: readonly string[]): Wanted {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      parameter: { type: 'boolean' },
      json: { type: 'boolean' },
      force: { type: 'boolean' },
      binary: { type: 'boolean' },
      file: { type: 'string' },
      'version-id': { type: 'string' },
      stage: { type: 'string' },
    },
  });
  const [word, name = '', ...more] = positionals;
  const action = ACTIONS.find((each) => each === word);
  if (action === undefined) throw new Error('What is to be done with which secret?');
  const needsName = action !== 'list' && action !== 'rewrap';
  // A value that somebody gives as an argument is not repeated.
  if (more.length > 0)
    throw new Error('There are too many arguments. A value comes from standard input or from --file.');
  if (needsName !== (name !== '')) throw new Error(needsName ? 'Which secret?' : `${action} takes no name.`);
  const { parameter = false, json = false, force = false, binary = false, file, stage } = values;
  const foreign = Object.keys(values).filter(
    (option) => !OPTIONS[action].includes(option) || (parameter && NOT_OF_PARAMETERS.includes(option)),
  );
  if (foreign.length > 0) {
    throw new Error(`--${foreign.join(', --')} is not for ${action}${parameter ? ' of a parameter' : ''}.`);
  }
  return { action, name, parameter, json, force, binary, ...defined({ file, stage, versionId: values['version-id'] }) };
}

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const wanted = withUsage(USAGE, () => readArguments(args));
  if (wanted.action === 'rewrap') {
    const { rewrap } = await import('../secrets/rewrap.ts');
    return rewrap(settings);
  }
  const kept = await keptOf(settings, wanted);
  switch (wanted.action) {
    case 'list':
      return list(kept, wanted);
    case 'get':
      return get(kept, wanted);
    case 'put':
      return put(kept, wanted);
    case 'delete':
      process.stdout.write(`${wanted.name} ${await kept.delete(wanted.name, wanted)}.\n`);
  }
}

const keptOf = async (settings: Settings, { parameter }: Wanted): Promise<Kept> =>
  parameter
    ? (await import('../secrets/parameters.ts')).parameters(settings)
    : (await import('../secrets/secrets.ts')).secrets(settings);

async function list(kept: Kept, { json, parameter }: Wanted): Promise<void> {
  const found = await kept.list();
  if (json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else process.stdout.write(found.map((each) => `${lineOf(each)}\n`).join(''));
  if (found.length === 0 && !json) process.stderr.write(`There are no ${parameter ? 'parameters' : 'secrets'}.\n`);
}

const lineOf = ({ name, arn, changedAt, note }: Listed): string =>
  `${name}  changed ${new Date(changedAt).toISOString()}  ${arn}${note === '' ? '' : `  ${note}`}`;

/** A program that reads the value gets it as it is. A person at a terminal gets a line. */
async function get(kept: Kept, { name, ...which }: Wanted): Promise<void> {
  process.stdout.write(await kept.get(name, which));
  if (process.stdout.isTTY) process.stdout.write('\n');
}

async function put(kept: Kept, { name, file, binary }: Wanted): Promise<void> {
  const { readValue } = await import('../secrets/value.ts');
  const made = await kept.put(name, await readValue(file), { binary });
  process.stdout.write(`${name}: ${made}.\n`);
}
