/**
 * A program: the agent of one Docker engine, straight through Temporal. `npm start` has such an agent in its own process; this
 * one is alone, so that it differs from an agent that joined in its way to the control plane only.
 */
import { pino } from 'pino';
import { connectDirect } from '../agent/direct.ts';
import { startAgent } from '../agent/index.ts';
import { loadInstanceId } from '../agent/instance-id.ts';
import { ownAgentBuild } from '../tools/agent-package/build.ts';
import { readSettings, SetupError } from '../tools/settings.ts';

const settings = readSettings(process.env);
const { temporal, dockerHost, dataDir, clusterName, availabilityZone } = settings;
if (temporal === undefined || dockerHost === undefined) throw new SetupError('Set TEMPORAL_ADDRESS and DOCKER_HOST.');
const logger = pino({ level: 'info', base: null });
const agent = await startAgent({
  connect: () => connectDirect(temporal),
  folder: dataDir,
  build: ownAgentBuild(),
  containerInstanceId: await loadInstanceId(dataDir),
  docker: { socketPath: dockerHost.replace('unix://', '') },
  clusterName,
  partition: settings.partition,
  availabilityZone,
  fargate: false,
  attributes: [],
  logger,
  taskCleanupWaitMs: settings.taskCleanupWaitMs,
  keptContainers: settings.keptContainers,
});
process.once('SIGTERM', () => void agent.shutdown().then(() => process.exit(0)));
