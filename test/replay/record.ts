/**
 * Records one history of each kind of workflow into histories/, for replay.test.ts. Run it when a change of the
 * workflows brings new commands on purpose (behind a patch marker). The old histories stay and must still replay.
 *
 * npm run record-histories -- <version> [scenario …]
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import {
  containerInstanceWorkflowId,
  RUN_TASK_WORKFLOW,
  runTaskWorkflowId,
  serviceWorkflowId,
} from '../../model/workflow-ids.ts';
import {
  deleteServiceUpdate,
  deregisterInstanceUpdate,
  instanceNoticeSignal,
  updateServiceUpdate,
} from '../../workflows/messages.ts';
import { createCommand, runTaskCommand, taskDefinition } from '../support/commands.ts';
import { isConnected, joinInstance, registerInstance } from '../support/register-instance.ts';
import { quietTemporal, startWorkflowEnv, withStage, type Stage } from '../support/workflow-env.ts';

const [version, ...only] = process.argv.slice(2);
if (version === undefined) throw new Error('usage: record.ts <version> [scenario …], e.g. 0.1.0 instanceLife');

/** Stack traces contain the folders of the person who records; replay does not read them. */
const withoutPaths = (key: string, value: unknown): unknown => (key === 'stackTrace' ? '' : value);

async function save(stage: Stage, name: string, workflowId: string): Promise<void> {
  const history = await stage.client.getHandle(workflowId).fetchHistory();
  const file = fileURLToPath(new URL(`histories/${name}.${version}.json`, import.meta.url));
  await writeFile(
    file,
    `${JSON.stringify(proto.temporal.api.history.v1.History.fromObject(history), withoutPaths, 1)}\n`,
  );
  console.log(`${name}: ${history.events?.length ?? 0} events`);
}

const running = ({ control }: Stage) => control.live().filter((task) => task.lastStatus === 'RUNNING');

/**
 * A service is created, a task exits, a rolling update runs, an instance is lost; the service scales and is deleted.
 */
async function serviceLife(stage: Stage): Promise<void> {
  const id = serviceWorkflowId(stage.cluster, 'web');
  const handle = stage.client.getHandle(id);
  const first = await stage.addInstance({ zone: 'us-east-1a' });
  await stage.addInstance({ zone: 'us-east-1b' });
  const { incarnation } = await stage.createService(createCommand(stage.cluster));
  await stage.until('three run', () => running(stage).length === 3);
  const exited = running(stage)[0]!.taskId;
  await stage.host.exit(exited);
  await stage.until('replaced', () => running(stage).filter(({ taskId }) => taskId !== exited).length === 3);
  const update = { incarnation, changes: {}, forceNewDeployment: false };
  await handle.executeUpdate(updateServiceUpdate, {
    args: [{ ...update, taskDefinition: taskDefinition({ revision: 2 }) }],
  });
  await stage.until('rolled', () => stage.control.services.get('web')?.deployments.length === 1);
  stage.control.instances.get(first)!.agentConnected = false;
  const stoppedReason = 'Host EC2 (instance x) stopped.';
  await handle.signal(instanceNoticeSignal, { containerInstanceId: first, kind: 'lost', stoppedReason });
  await stage.until(
    'moved',
    () => running(stage).length === 3 && running(stage).every((t) => t.containerInstanceId !== first),
  );
  await handle.executeUpdate(updateServiceUpdate, { args: [{ ...update, changes: { desiredCount: 1 } }] });
  await stage.until('scaled in', () => stage.control.live().length === 1);
  await handle.executeUpdate(deleteServiceUpdate, { args: [{ incarnation, force: true }] });
  await handle.result();
  await save(stage, 'service-life', id);
}

/** The tasks never run, so the throttle waits; then a new deployment begins. */
async function serviceThrottled(stage: Stage): Promise<void> {
  const id = serviceWorkflowId(stage.cluster, 'web');
  await stage.addInstance();
  stage.host.fate = () => 'fails';
  const { incarnation } = await stage.createService(createCommand(stage.cluster, { desiredCount: 2 }));
  await stage.pass(30 * 60_000);
  stage.host.fate = () => 'starts';
  await stage.client
    .getHandle(id)
    .executeUpdate(updateServiceUpdate, { args: [{ incarnation, changes: {}, forceNewDeployment: true }] });
  await stage.until('both run', () => running(stage).length === 2);
  await save(stage, 'service-throttled', id);
}

/** A deployment whose tasks never run trips its circuit breaker and is rolled back. */
async function serviceBreaker(stage: Stage): Promise<void> {
  const id = serviceWorkflowId(stage.cluster, 'web');
  await stage.addInstance();
  const deploymentCircuitBreaker = { enable: true, rollback: true };
  const { incarnation } = await stage.createService(createCommand(stage.cluster, { deploymentCircuitBreaker }));
  await stage.until('completed', () => stage.control.services.get('web')?.deployments[0]?.rolloutState === 'COMPLETED');
  stage.host.fate = (task) => (task.taskDefinitionArn.endsWith(':2') ? 'fails' : 'starts');
  const taskDefinition2 = taskDefinition({ revision: 2 });
  await stage.client.getHandle(id).executeUpdate(updateServiceUpdate, {
    args: [{ incarnation, changes: {}, forceNewDeployment: false, taskDefinition: taskDefinition2 }],
  });
  await stage.until('rolled back', () =>
    stage.control.messages().some((m) => m.includes('rolling back to deployment')),
  );
  await stage.pass(5 * 60_000);
  await save(stage, 'service-breaker', id);
}

async function runTaskLife(stage: Stage): Promise<void> {
  await stage.addInstance({ cpu: 512 });
  const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster, { count: 3, clientToken: 't' }));
  await stage.until('two run', () => running(stage).length === 2);
  for (const taskId of taskIds) await stage.host.exit(taskId);
  await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't')).result();
  await save(stage, 'run-task-life', runTaskWorkflowId(stage.cluster, 't'));
}

/** The call that started the workflow arrives after its first workflow task. */
async function runTaskCalledLate(stage: Stage): Promise<void> {
  const id = runTaskWorkflowId(stage.cluster, 'late');
  await stage.addInstance();
  const args = [{ clusterName: stage.cluster }];
  await stage.client.start(RUN_TASK_WORKFLOW, { workflowId: id, taskQueue: stage.taskQueue, args });
  await stage.pass(3_000);
  const { taskIds } = await stage.runTask('late', runTaskCommand(stage.cluster));
  await stage.until('it runs', () => running(stage).length === 1);
  for (const taskId of taskIds) await stage.host.exit(taskId);
  await stage.client.getHandle(id).result();
  await save(stage, 'run-task-called-late', id);
}

const GIVE_UP_AFTER_MS = 2_000;

/** An agent registers, attends and falls silent; its instance is given up. */
async function instanceLife(stage: Stage): Promise<void> {
  const id = await joinInstance(stage, GIVE_UP_AFTER_MS);
  stage.killAgent(id);
  await stage.until('silent', () => !isConnected(stage, id));
  await stage.pass(4_000);
  await save(stage, 'container-instance-life', containerInstanceWorkflowId(stage.cluster, id));
}

/** The agent falls silent, returns in the same session, and then begins a new one. */
async function instanceHeardAgain(stage: Stage): Promise<void> {
  const id = await joinInstance(stage, GIVE_UP_AFTER_MS);
  await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
  await stage.until('it runs', () => running(stage).length === 1);
  stage.killAgent(id);
  await stage.until('silent', () => !isConnected(stage, id));
  await stage.reviveAgent(id);
  await stage.until('connected again', () => isConnected(stage, id));
  await stage.pass(1_000);
  await registerInstance(stage, id, 'session-2');
  await stage.until('told', () => stage.control.notices.some(({ notice }) => notice.kind === 'returned'));
  await save(stage, 'container-instance-heard-again', containerInstanceWorkflowId(stage.cluster, id));
}

quietTemporal();
async function instanceDeregistered(stage: Stage): Promise<void> {
  const id = await joinInstance(stage, GIVE_UP_AFTER_MS);
  await stage.runTask('t', runTaskCommand(stage.cluster));
  await stage.until('it runs', () => running(stage).length === 1);
  const workflowId = containerInstanceWorkflowId(stage.cluster, id);
  await stage.client.getHandle(workflowId).executeUpdate(deregisterInstanceUpdate, { args: [{ force: true }] });
  await stage.client.getHandle(workflowId).result();
  await save(stage, 'container-instance-deregistered', workflowId);
}

const env = await startWorkflowEnv();
const scenarios = [
  serviceLife,
  serviceThrottled,
  serviceBreaker,
  runTaskLife,
  runTaskCalledLate,
  instanceLife,
  instanceHeardAgain,
  instanceDeregistered,
].filter(({ name }) => only.length === 0 || only.includes(name));
const envOfFile = { current: env, renewIfStuck: () => Promise.resolve() };
for (const scenario of scenarios) await withStage(envOfFile, scenario, { asInProduction: true });
await env.teardown().catch(() => undefined);
process.exit(0);
