/** `npm start`: runs everything on this machine until Ctrl-C. */
import { seconds } from '../../tools/progress.ts';
import { claimDataFolder } from '../../tools/data-folder.ts';
import { createTerminalLogger } from '../../tools/logger.ts';
import { keepPrivate } from '../../tools/private-files.ts';
import { keepLogsSmall } from '../server-logs.ts';
import type { Settings } from '../../tools/settings.ts';
import { type AllInOne, startAllInOne } from '../all-in-one.ts';
import { awaitStopSignal, Stops } from '../shutdown.ts';

/** Resolves after an orderly end. */
export async function run(settings: Settings): Promise<void> {
  const release = claimDataFolder(settings.dataDir);
  try {
    keepPrivate(settings.dataDir, { embeddedPostgres: settings.databaseUrl === undefined });
    await runClaimed(settings);
  } finally {
    release();
  }
  process.exit(0);
}

async function runClaimed(settings: Settings): Promise<void> {
  const logger = createTerminalLogger(settings);
  const stops = new Stops();
  stops.add('logs', keepLogsSmall(settings, logger));
  const stopAll = () => stops.run((name, error) => logger.warn({ err: error }, `${name} did not stop cleanly`));
  const stopSignal = awaitStopSignal();
  process.stderr.write(`Starting Longshore (data in ${settings.dataDir})\n`);
  const starting = startAllInOne(settings, logger, stops);
  try {
    const outcome = await Promise.race([starting, stopSignal]);
    if (typeof outcome === 'object') {
      process.stdout.write(greeting(outcome, settings));
      await stopSignal;
    } else {
      // The signal came during the start: running parts are stopped, and parts that are still starting end with this process.
      starting.catch(() => undefined);
    }
  } catch (error) {
    await stopAll();
    throw error;
  }
  process.stderr.write('\nStopping Longshore …\n');
  const begun = performance.now();
  await stopAll();
  process.stderr.write(
    `Stopped (${seconds(performance.now() - begun)}). Running tasks keep running; the next npm start adopts them.\n`,
  );
}

function greeting(running: AllInOne, settings: Settings): string {
  const region = settings.partition.region;
  const cluster = settings.clusterName === 'default' ? '' : ` --cluster ${settings.clusterName}`;
  const hello = `'[{"name":"hello","image":"busybox","command":["sleep","600"],"memory":32,"stopTimeout":2}]'`;
  const ui = running.temporalUiUrl === undefined ? '' : `  Temporal UI   ${running.temporalUiUrl}\n`;
  return `
Longshore is ready (${seconds(performance.now())}).

  Endpoint      ${running.url}
${ui}  Data and logs ${settings.dataDir}

Paste into another shell:

  export AWS_ENDPOINT_URL=${running.url}
  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}
${credentialLines(running, settings)}

Then try these commands (npm run demo shows all of it at once):

  aws ecs describe-clusters --include STATISTICS${cluster.replace('--cluster', '--clusters')}
  aws ecs register-task-definition --family hello --container-definitions ${hello}
  aws ecs run-task --task-definition hello${cluster}

Ctrl-C stops Longshore; running tasks keep running.
`;
}

/** How a caller signs, and trusts the certificate. */
function credentialLines({ url, authorityFile }: AllInOne, { auth }: Settings): string {
  const lines = [
    ...(authorityFile === undefined
      ? []
      : [`export AWS_CA_BUNDLE=${authorityFile} NODE_EXTRA_CA_CERTS=${authorityFile}`]),
    auth === 'required'
      ? 'eval "$(npx longshore access-key create --env)"   # root\'s key, shown once'
      : 'export AWS_ACCESS_KEY_ID=longshore AWS_SECRET_ACCESS_KEY=longshore',
  ];
  const warning =
    auth === 'required' && url.startsWith('http:')
      ? '\n\n  WARNING: TLS is off. Whoever can read the network reads every call and its answer.'
      : '';
  return lines.map((line) => `  ${line}`).join('\n') + warning;
}
