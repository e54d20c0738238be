/**
 * Outside events that end, hold or move tasks and deployments are on record too, each with its own reason and its call.
 */
import { describe, expect, it } from 'vitest';
import type { CallCause, Decision, DecisionReason } from '../../model/decision.ts';
import type { ServiceDefinition } from '../../model/service.ts';
import { containerInstanceWorkflowId, runTaskWorkflowId } from '../../model/workflow-ids.ts';
import type { CreateServiceCommand } from '../../model/commands.ts';
import {
  capacityChangedSignal,
  changeTaskSetUpdate,
  createTaskSetUpdate,
  deregisterInstanceUpdate,
  instancesChangedSignal,
  interruptInstanceUpdate,
  stopServiceDeploymentUpdate,
} from '../../workflows/messages.ts';
import { createCommand, runTaskCommand, taskDefinition } from '../support/commands.ts';
import { registerInstance } from '../support/register-instance.ts';
import { useWorkflowEnv } from '../support/use-workflow-env.ts';
import { storyIn, updateWeb, webHandle } from '../support/web-service.ts';
import { type Stage } from '../support/workflow-env.ts';

const env = useWorkflowEnv();

const story = (act: (stage: Stage) => Promise<void>): Promise<void> => storyIn(env, act);

const live = ({ control }: Stage) => control.live();
const running = (stage: Stage) => live(stage).filter((task) => task.lastStatus === 'RUNNING');
const service = ({ control }: Stage) => control.services.get('web')!;
const withReason = ({ control }: Stage, reason: DecisionReason): readonly Decision[] =>
  [...control.decisions.values()].filter(({ reasons }) => reasons.some((each) => each.reason === reason));
const aCall = (operation: string, requestId = 'r-1'): CallCause => ({
  kind: 'call',
  operation,
  requestId,
  principalArn: 'arn:aws:iam::123456789012:root',
});

const toRevision = (stage: Stage, revision: number): Promise<void> =>
  updateWeb(stage, { taskDefinition: taskDefinition({ revision }), cause: aCall('UpdateService', `r-${revision}`) });

async function upAndRunning(stage: Stage, definition: Partial<ServiceDefinition> = {}): Promise<string> {
  const id = await stage.addInstance();
  await stage.createService({
    ...createCommand(stage.cluster, { desiredCount: 1, ...definition }),
    cause: aCall('CreateService'),
  });
  await stage.until('it is up', () => withReason(stage, 'deploymentCompleted').length === 1);
  return id;
}
const status = (stage: Stage) => {
  const id = service(stage).serviceDeployments![0]!.serviceDeploymentId;
  return stage.control.serviceDeployments.get(id)!.status;
};

const POOL = [{ capacityProvider: 'pool', weight: 1, base: 0 }];

function poolService(stage: Stage, desiredCount: number): CreateServiceCommand {
  const { definition, ...command } = createCommand(stage.cluster, { desiredCount });
  const { launchType: _launchType, ...rest } = definition;
  return { ...command, definition: { ...rest, capacityProviderStrategy: POOL } };
}

describe('tasks that wait for their capacity provider', () => {
  it('record why they wait, how often, and where they were placed in the end', () =>
    story(async (stage) => {
      const command = runTaskCommand(stage.cluster, { count: 2, capacityProviderStrategy: POOL });
      const { taskIds } = await stage.runTask('t', { ...command, cause: aCall('RunTask') });
      expect(withReason(stage, 'runTask')).toMatchObject([{ tasks: taskIds.map((taskId) => ({ taskId })) }]);
      await stage.pass(120_000);
      const [waiting, ...others] = withReason(stage, 'provisioning');
      expect(others).toEqual([]);
      expect(waiting).toMatchObject({
        causes: [aCall('RunTask')],
        tasks: taskIds.map((taskId) => ({ taskId })),
        asked: { count: 2 },
        facts: { reason: 'CAPACITY_PROVIDER' },
      });
      const id = await stage.addInstance({ capacityProvider: 'pool' });
      await stage.client.getHandle(runTaskWorkflowId(stage.cluster, 't')).signal(capacityChangedSignal);
      await stage.until('both run', () => running(stage).length === 2);
      expect(withReason(stage, 'capacityFound')).toMatchObject([
        {
          causes: [{ kind: 'capacity' }],
          tasks: taskIds.map((taskId) => ({ taskId, containerInstanceId: id })),
          placement: { considered: 1, eligible: 1, best: [{ containerInstanceId: id }] },
        },
      ]);
    }));

  it.each(['a call', 'a service'])('and if tasks of %s may not even wait, the record says so', (who) =>
    story(async (stage) => {
      stage.control.provisioningLimit = 1;
      if (who === 'a call') {
        const command = runTaskCommand(stage.cluster, { count: 3, capacityProviderStrategy: POOL });
        await stage.runTask('t', { ...command, cause: aCall('RunTask') });
      } else await stage.createService({ ...poolService(stage, 3), cause: aCall('CreateService') });
      await stage.until('two may not', () => withReason(stage, 'provisioningQuota').length > 0);
      expect(withReason(stage, 'provisioningQuota')[0]).toMatchObject({
        reasons: [{ count: 2 }],
        causes: [aCall(who === 'a call' ? 'RunTask' : 'CreateService')],
        asked: { count: 2 },
      });
    }),
  );

  it('of a service are recorded with the service and the reason why they were given up', () =>
    story(async (stage) => {
      stage.control.addInstance('small', { capacityProvider: 'pool', cpu: 1 });
      stage.control.policy = { ...stage.control.policy, provisioningTimeoutMs: 120_000 };
      await stage.createService(poolService(stage, 1));
      await stage.until('it waits', () => live(stage).length === 1);
      const [first] = live(stage);
      await stage.until('another takes its place', () => live(stage).some(({ taskId }) => taskId !== first!.taskId));
      const { deploymentId } = service(stage).deployments[0]!;
      expect(withReason(stage, 'provisioningTimeout')).toMatchObject([
        {
          serviceName: 'web',
          deploymentId,
          causes: [{ kind: 'time' }],
          tasks: [{ taskId: first!.taskId }],
          placement: { nearest: { containerInstanceId: 'small', reason: 'RESOURCE:CPU' } },
          facts: { stoppedReason: 'TaskFailedToStart: RESOURCE:CPU' },
        },
      ]);
      expect(withReason(stage, 'replaceStopped')).toMatchObject([{ tasks: [{ replaces: first!.taskId }] }]);
    }));
});

describe('an instance that leaves', () => {
  /** An instance whose workflow watches no agent: a pending watch would keep the clock real. */
  async function registered(stage: Stage): Promise<string> {
    const id = await stage.addInstance();
    await registerInstance(stage, id, '');
    stage.control.instances.get(id)!.agentConnected = true;
    return id;
  }
  const instance = (stage: Stage, id: string) => stage.client.getHandle(containerInstanceWorkflowId(stage.cluster, id));

  it('by a spot interruption: the record of each stop has ECS’s words and the call', () =>
    story(async (stage) => {
      const id = await registered(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster));
      await stage.until('both run', () => running(stage).length === 2);
      const [ofService] = running(stage).filter((task) => task.serviceName !== undefined);
      await stage.addInstance();
      const cause = aCall('InterruptContainerInstance');
      await instance(stage, id).executeUpdate(interruptInstanceUpdate, { args: [{ cause }] });
      expect(withReason(stage, 'interrupted')).toMatchObject([{ causes: [cause], containerInstanceIds: [id] }]);
      await stage.pass(91_000);
      await stage.until('all gone', () => live(stage).every((task) => task.containerInstanceId !== id));
      const stops = withReason(stage, 'spotInterrupted');
      expect(stops.map(({ tasks }) => tasks.map(({ taskId }) => taskId))).toEqual([[ofService!.taskId], taskIds]);
      for (const { facts } of stops) expect(facts).toEqual({ stoppedReason: 'Your Spot Task was interrupted.' });
      // The service's task stopped when its replacement had been healthy for long enough, the other one when its time
      // was up.
      expect(stops.map(({ causes }) => causes)).toEqual([
        [{ kind: 'time' }],
        [cause, { kind: 'notice', notice: 'interrupted', containerInstanceId: id }],
      ]);
      expect(withReason(stage, 'replaceDraining')).toMatchObject([
        { causes: expect.arrayContaining([cause]) as unknown },
      ]);
      expect(withReason(stage, 'draining')).toEqual([]);
    }));

  it('by a forced deregistration: its tasks’ records name the call', () =>
    story(async (stage) => {
      const id = await registered(stage);
      await stage.createService(createCommand(stage.cluster, { desiredCount: 1 }));
      const { taskIds } = await stage.runTask('t', runTaskCommand(stage.cluster));
      await stage.until('both run', () => running(stage).length === 2);
      await stage.addInstance();
      const cause = aCall('DeregisterContainerInstance');
      await instance(stage, id).executeUpdate(deregisterInstanceUpdate, { args: [{ force: true, cause }] });
      // The service and the call each learn of it separately, in any order.
      await stage.until('both owners stopped theirs', () => withReason(stage, 'instanceGone').length === 2);
      const stops = withReason(stage, 'instanceGone');
      expect(stops.map(({ tasks }) => tasks.length)).toEqual([1, 1]);
      expect(stops.flatMap(({ tasks }) => tasks)).toContainEqual({ taskId: taskIds[0], containerInstanceId: id });
      for (const { causes } of stops) expect(causes).toEqual([cause, expect.objectContaining({ notice: 'lost' })]);
    }));
});

describe('a deployment', () => {
  const stop = async (stage: Stage, stopType: 'ROLLBACK' | 'ABORT'): Promise<void> => {
    const { incarnation, serviceDeployments } = service(stage);
    const { serviceDeploymentId } = serviceDeployments![0]!;
    await webHandle(stage).executeUpdate(stopServiceDeploymentUpdate, {
      args: [{ incarnation, serviceDeploymentId, stopType, cause: aCall('StopServiceDeployment') }],
    });
  };

  it('that was rolled back by order is recorded so, not as failed tasks; the next call shows only its own changes', () =>
    story(async (stage) => {
      await upAndRunning(stage);
      const [good] = service(stage).deployments;
      stage.host.fate = () => 'hangs';
      await toRevision(stage, 2);
      const [bad] = service(stage).deployments;
      await stop(stage, 'ROLLBACK');
      await stage.until('back', () => status(stage) === 'ROLLBACK_SUCCESSFUL');
      expect(withReason(stage, 'called').at(-1)).toMatchObject({
        deploymentId: bad!.deploymentId,
        changes: { stopType: ['', 'ROLLBACK'] },
      });
      expect(withReason(stage, 'rollbackOrdered')).toMatchObject([
        {
          deploymentId: bad!.deploymentId,
          causes: expect.arrayContaining([aCall('StopServiceDeployment')]),
          facts: { statusReason: expect.stringContaining('the user requested it') as string },
        },
      ]);
      expect(withReason(stage, 'rolledBackByOrder')).toMatchObject([
        { deploymentId: good!.deploymentId, facts: { insteadOf: bad!.deploymentId } },
      ]);
      expect([...withReason(stage, 'circuitBreaker'), ...withReason(stage, 'rolledBack')]).toEqual([]);
      stage.host.fate = () => 'starts';
      await updateWeb(stage, { changes: { desiredCount: 2 } });
      expect(withReason(stage, 'called').at(-1)!.changes).toEqual({ desiredCount: ['1', '2'] });
      await stage.until('two run', () => running(stage).length === 2);
    }));

  it('that was stopped by order is recorded so', () =>
    story(async (stage) => {
      await upAndRunning(stage);
      stage.host.fate = () => 'hangs';
      await toRevision(stage, 2);
      // Only a task that was launched can be reported below.
      await stage.until('launched', () => stage.host.launched.length === 2);
      const [stopped] = service(stage).deployments;
      await stop(stage, 'ABORT');
      await stage.until('stopped', () => status(stage) === 'STOPPED');
      expect(withReason(stage, 'stopOrdered')).toMatchObject([
        { deploymentId: stopped!.deploymentId, changes: { status: ['STOP_REQUESTED', 'STOPPED'] } },
      ]);
      for (const task of live(stage)) if (task.lastStatus !== 'RUNNING') await stage.host.fail(task.taskId);
    }));

  const hooks = (action: 'ROLLBACK' | 'CONTINUE'): Partial<ServiceDefinition> => ({
    lifecycleHooks: [
      {
        targetType: 'PAUSE',
        lifecycleStages: ['PRE_SCALE_UP'],
        timeoutConfiguration: { timeoutInMinutes: 30, action },
      },
    ],
  });

  it('that a hook’s time-out ended is recorded so, and also that a time-out with CONTINUE let it continue', () =>
    story(async (stage) => {
      await upAndRunning(stage);
      const [good] = service(stage).deployments;
      await updateWeb(stage, { changes: hooks('ROLLBACK') });
      await toRevision(stage, 2);
      const [late] = service(stage).deployments;
      await stage.until('timed out', () => status(stage) === 'ROLLBACK_SUCCESSFUL', 40 * 60_000);
      expect(withReason(stage, 'hookTimedOut')).toMatchObject([
        {
          deploymentId: late!.deploymentId,
          causes: [{ kind: 'time' }],
          changes: { 'hook pre-scale-up-1': ['AWAITING_ACTION', 'TIMED_OUT'] },
          facts: { statusReason: expect.stringContaining('pre-scale-up-1 timed out') as string },
        },
      ]);
      expect(withReason(stage, 'rolledBackByTimeout')).toMatchObject([{ deploymentId: good!.deploymentId }]);
      await updateWeb(stage, { changes: hooks('CONTINUE') });
      await toRevision(stage, 3);
      await stage.until('went on', () => status(stage) === 'SUCCESSFUL', 40 * 60_000);
      expect(withReason(stage, 'hookExpired')).toMatchObject([
        {
          causes: expect.arrayContaining([{ kind: 'time' }]) as unknown,
          changes: {
            'hook pre-scale-up-1': ['AWAITING_ACTION', 'TIMED_OUT'],
            lifecycleStage: ['PRE_SCALE_UP', 'SCALE_UP'],
          },
        },
      ]);
    }));

  it('leaves a record of each status and stage', () =>
    story(async (stage) => {
      await upAndRunning(stage, { bakeTimeInMinutes: 5 });
      const { deploymentId } = service(stage).deployments[0]!;
      const ofDeployment = [...stage.control.decisions.values()].filter((one) => one.deploymentId === deploymentId);
      const changes = ofDeployment.flatMap(({ reasons: [first], changes: moved }) =>
        moved?.['lifecycleStage'] === undefined ? [] : [[first!.reason, ...moved['lifecycleStage']]],
      );
      expect(changes).toEqual([
        ['deploymentBegan', '', 'SCALE_UP'],
        ['stageDone', 'SCALE_UP', 'BAKE_TIME'],
        ['deploymentCompleted', 'BAKE_TIME', 'CLEAN_UP'],
      ]);
      expect(withReason(stage, 'deploymentBegan')).toMatchObject([{ causes: [aCall('CreateService')] }]);
      expect(withReason(stage, 'deploymentCompleted')).toMatchObject([
        {
          causes: expect.arrayContaining([{ kind: 'time' }]) as unknown,
          changes: { status: ['IN_PROGRESS', 'SUCCESSFUL'] },
        },
      ]);
    }));

  it('stops tasks that run an image other than its first one, and records that', () =>
    story(async (stage) => {
      stage.host.fate = () => 'hangs';
      await stage.addInstance();
      await stage.createService(createCommand(stage.cluster, { desiredCount: 2 }));
      await stage.until('both are launched', () => stage.host.launched.length === 2);
      const [first, stray] = stage.host.launched.map(({ task }) => task.taskId);
      const report = (taskId: string, imageDigest: string) =>
        stage.host.report(taskId, {
          lastStatus: 'RUNNING',
          startedAt: 1,
          containers: [{ name: 'web', lastStatus: 'RUNNING', imageDigest }],
        });
      await report(first!, 'sha256:a');
      await report(stray!, 'sha256:b');
      await stage.until('it is stopped', () => withReason(stage, 'otherImage').length === 1);
      expect(withReason(stage, 'otherImage')).toMatchObject([
        { serviceName: 'web', tasks: [{ taskId: stray }], causes: [{ kind: 'report' }] },
      ]);
      stage.host.fate = () => 'starts';
      await stage.until('replaced', () => withReason(stage, 'replaceStopped').length === 1);
      expect(withReason(stage, 'replaceStopped')).toMatchObject([{ tasks: [{ replaces: stray }] }]);
    }));
});

describe('what is decided later', () => {
  it('does not name calls that have had their effect', () =>
    story(async (stage) => {
      await upAndRunning(stage);
      const [victim] = running(stage);
      await stage.pass(60_000);
      await stage.host.exit(victim!.taskId);
      await stage.until('it is replaced', () => withReason(stage, 'replaceStopped').length === 1);
      expect(withReason(stage, 'replaceStopped')[0]!.causes.map(({ kind }) => kind)).toEqual(['report']);
    }));

  it('by a DAEMON service names the new instances, or the call that changed them', () =>
    story(async (stage) => {
      await stage.addInstance();
      const daemon = { schedulingStrategy: 'DAEMON', desiredCount: 0, minimumHealthyPercent: 0, maximumPercent: 100 };
      await stage.createService(createCommand(stage.cluster, daemon as Partial<ServiceDefinition>));
      await stage.until('one runs', () => running(stage).length === 1);
      await stage.pass(60_000);
      const second = await stage.addInstance();
      await webHandle(stage).signal(instancesChangedSignal);
      await stage.until('two run', () => running(stage).length === 2);
      const third = await stage.addInstance();
      await webHandle(stage).signal(instancesChangedSignal, { cause: aCall('PutAttributes') });
      await stage.until('three run', () => running(stage).length === 3);
      const startedOn = (id: string) =>
        [...stage.control.decisions.values()].find(({ tasks }) => tasks.some((t) => t.containerInstanceId === id));
      expect(startedOn(second)).toMatchObject({ causes: expect.arrayContaining([{ kind: 'capacity' }]) as unknown });
      expect(startedOn(third)).toMatchObject({
        causes: expect.arrayContaining([aCall('PutAttributes')]) as unknown,
      });
    }));

  it('about a deleted task set does not say that the service is deleted', () =>
    story(async (stage) => {
      await stage.addInstance();
      const { taskDefinition: _none, ...command } = createCommand(stage.cluster, {
        desiredCount: 1,
        deploymentController: 'EXTERNAL',
      });
      await stage.createService(command);
      const { incarnation } = service(stage);
      const set = { launchType: 'EC2', scale: 100, digest: 'd', tags: [], taskDefinition: taskDefinition() } as const;
      const { taskSetId } = await webHandle(stage).executeUpdate(createTaskSetUpdate, {
        args: [{ incarnation, ...set }],
      });
      await stage.until('it runs', () => running(stage).length === 1);
      const [task] = running(stage);
      await webHandle(stage).executeUpdate(changeTaskSetUpdate, {
        args: [{ incarnation, taskSetId, change: { kind: 'delete', force: true }, cause: aCall('DeleteTaskSet') }],
      });
      await stage.until('it is gone', () => live(stage).length === 0);
      expect(withReason(stage, 'taskSetDeletion')).toMatchObject([
        { deploymentId: taskSetId, tasks: [{ taskId: task!.taskId }], causes: [aCall('DeleteTaskSet')] },
      ]);
      expect(withReason(stage, 'deletion')).toEqual([]);
    }));
});

describe('StartTask', () => {
  it('records which named instances did not take their task', () =>
    story(async (stage) => {
      const [good, full] = [await stage.addInstance(), await stage.addInstance({ cpu: 1 })];
      const command = runTaskCommand(stage.cluster, { kind: 'StartTask', containerInstanceIds: [good, full] });
      const { taskIds, failures } = await stage.runTask('t', { ...command, cause: aCall('StartTask') });
      expect([taskIds.length, failures.length]).toEqual([1, 1]);
      await stage.until('it runs', () => running(stage).length === 1);
      expect(withReason(stage, 'refused')).toMatchObject([
        { causes: [aCall('StartTask')], containerInstanceIds: [full], facts: { reason: 'RESOURCE:CPU' } },
      ]);
    }));
});
