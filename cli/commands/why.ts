/** `longshore why SUBJECT ID`: asks a running Longshore why, and prints the chain for a person or for a program. */
import { parseArgs } from 'node:util';
import { type Settings, SetupError } from '../../tools/settings.ts';
import { withUsage } from '../with-usage.ts';
import { askApi } from '../local-api.ts';
import type { CallAnswer, WhyAnswer } from '../why/answer.ts';
import { forMachines } from '../why/for-machines.ts';
import { callForPeople, forPeople } from '../why/for-people.ts';

const USAGE = `Usage: longshore why task|service|deployment|instance ID [--cluster NAME] [--json]
       longshore why call REQUEST-ID [--json]

Prints what happened and why, oldest first, with local times and short ids. Of a call: who called what, how it ended, and
which policies and statements decided.

  ID         an ARN, an id or its first 8 characters, or the name of a service
  REQUEST-ID the id of an API call (x-amzn-RequestId, in the errors of AWS's clients), or its first 8 characters
  --cluster  the cluster of the id or name (default: LONGSHORE_CLUSTER)
  --json     print JSON for programs: full ids, ISO times, and the record of each decision`;

interface Question {
  readonly subject: string;
  readonly id: string;
  readonly cluster: string;
  readonly json: boolean;
}

function readQuestion(settings: Settings, args: readonly string[]): Question {
  const { values, positionals } = withUsage(USAGE, () =>
    parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { cluster: { type: 'string' }, json: { type: 'boolean' } },
    }),
  );
  const [subject, id, ...more] = positionals;
  if (subject === undefined || id === undefined || more.length > 0) throw new SetupError(USAGE);
  return { subject, id, cluster: values.cluster ?? settings.clusterName, json: values.json ?? false };
}

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const { subject, id, cluster, json } = readQuestion(settings, args);
  if (subject === 'call') return whyCall(settings, id, json);
  const path = id.split('/').map(encodeURIComponent).join('/');
  const query = `cluster=${encodeURIComponent(cluster)}`;
  const response = await askApi(settings, `/v1/why/${encodeURIComponent(subject)}/${path}?${query}`);
  const answer = (await response.json()) as WhyAnswer;
  if (answer.chain === undefined) throw new SetupError(answer.message ?? `The API answered ${response.status}.`);
  process.stdout.write(json ? forMachines(answer) : answer.chain.map(forPeople).join(''));
  if (!json && subject !== 'task')
    process.stderr.write('\nFor the life and the end of one task: longshore why task ID\n');
}

async function whyCall(settings: Settings, id: string, json: boolean): Promise<void> {
  const response = await askApi(settings, `/v1/why/call/${encodeURIComponent(id)}`);
  const answer = (await response.json()) as CallAnswer;
  const { at, headline, details = [], message } = answer;
  if (at === undefined || headline === undefined)
    throw new SetupError(message ?? `The API answered ${response.status}.`);
  const shown = json ? `${JSON.stringify(answer, undefined, 2)}\n` : callForPeople({ at, headline, details });
  process.stdout.write(shown);
}
