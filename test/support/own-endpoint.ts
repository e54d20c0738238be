/** A program: opens a task endpoint twice where it was started, and prints what answers. Arguments: the engine's socket, a folder. */
import { pino } from 'pino';
import { connectDocker } from '../../activities/host/runtime/docker-runtime.ts';
import { openTaskEndpoint } from '../../agent/task-endpoint/index.ts';

const [socketPath = '', folder = ''] = process.argv.slice(2);

async function open(): Promise<object> {
  const endpoint = await openTaskEndpoint({
    docker: connectDocker({ socketPath }),
    containerInstanceId: 'e'.repeat(32),
    folder,
    availabilityZone: 'us-east-1a',
    logger: pino({ level: 'silent' }),
  });
  if (endpoint === undefined) throw new Error('there is no endpoint');
  const { port, ownsPort80 } = endpoint;
  const statusOf = async (at: number): Promise<number> => (await fetch(`http://169.254.170.2:${at}/v4/x`)).status;
  const answers = [await statusOf(80), await statusOf(port)];
  await endpoint.close();
  return { port, ownsPort80, answers };
}

process.stdout.write(`${JSON.stringify([await open(), await open()])}\n`);
process.exit();
