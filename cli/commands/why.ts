/** `longshore why SUBJECT ID`: asks a running Longshore why, and prints the chain for a person to read. */
import { parseArgs } from 'node:util';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { askApi } from '../local-api.ts';

const USAGE = `Usage: longshore why task|service|deployment|instance ID [--cluster NAME] [--json]

  ID         an ARN, an id or its first 8 characters, or the name of a service
  --cluster  the cluster of a name or an id; without it LONGSHORE_CLUSTER
  --json     the records, as the API answers them`;

interface Answer {
  readonly message?: string;
  readonly chain?: readonly {
    readonly at: number;
    readonly kind: 'call' | 'decision' | 'task';
    readonly sentence: string;
  }[];
}

interface Question {
  readonly subject: string;
  readonly id: string;
  readonly cluster: string;
  readonly json: boolean;
}

function readQuestion(settings: Settings, args: readonly string[]): Question {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { cluster: { type: 'string' }, json: { type: 'boolean' } },
    });
    const [subject, id, ...more] = positionals;
    if (subject === undefined || id === undefined || more.length > 0) throw new SetupError(USAGE);
    return { subject, id, cluster: values.cluster ?? settings.clusterName, json: values.json ?? false };
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const { subject, id, cluster, json } = readQuestion(settings, args);
  const path = id.split('/').map(encodeURIComponent).join('/');
  const query = `cluster=${encodeURIComponent(cluster)}`;
  const response = await askApi(settings, `/v1/why/${encodeURIComponent(subject)}/${path}?${query}`);
  const answer = (await response.json()) as Answer;
  if (answer.chain === undefined) throw new SetupError(answer.message ?? `The API answered ${response.status}.`);
  if (json) {
    process.stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
    return;
  }
  for (const { at, kind, sentence } of answer.chain) {
    const time = new Date(at * 1000).toISOString();
    process.stdout.write(`${time}  ${kind === 'task' ? '  ' : ''}${sentence}\n`);
  }
}
