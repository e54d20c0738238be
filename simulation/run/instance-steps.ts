/** What the operator does to machines and their agents, and what breaks there. */
import type { SimulatedInstance } from '../world/instances.ts';
import { addMachine, machineId } from './cluster.ts';
import type { StepOf, StepTable, User } from './user.ts';

type InstanceSteps = Pick<
  StepTable,
  | 'drain'
  | 'activate'
  | 'interrupt'
  | 'silence'
  | 'reconnect'
  | 'killAgent'
  | 'powerOff'
  | 'startAgent'
  | 'deregister'
  | 'addInstance'
>;

export function instanceSteps(user: User): InstanceSteps {
  const on =
    (act: (instance: SimulatedInstance) => Promise<void> | void) =>
    async ({ instance: place }: { readonly instance: number }): Promise<void> => {
      const instance = instanceAt(user, place);
      if (instance) await act(instance);
    };
  return {
    drain: on((instance) => setState(user, instance, 'DRAINING')),
    activate: on((instance) => setState(user, instance, 'ACTIVE')),
    interrupt: on((instance) => interrupt(user, instance)),
    silence: on((instance) => instance.silence()),
    reconnect: on((instance) => instance.reconnect()),
    killAgent: on((instance) => instance.kill()),
    powerOff: on((instance) => instance.powerOff()),
    startAgent: on((instance) => instance.start()),
    deregister: (step) => deregister(user, step),
    addInstance: (step) => {
      addInstance(user, step);
      return Promise.resolve();
    },
  };
}

/** Steps name instances by number; a number beyond the last one starts again at the first. */
export function instanceAt({ world: { instances } }: User, place: number): SimulatedInstance | undefined {
  return instances[place % Math.max(instances.length, 1)];
}

function addInstance(user: User, { like, group }: StepOf<'addInstance'>): void {
  const { world, scenario } = user;
  const named = group === undefined ? undefined : scenario.cluster.instances[group];
  if (named) {
    addMachine(user, named);
    return;
  }
  const model = instanceAt(user, like ?? 0);
  if (!model) return;
  const { clusterName: _cluster, ...shape } = model.shape;
  world.addInstance({ ...shape, containerInstanceId: machineId(world.instances.length) });
}

async function setState(user: User, { id }: SimulatedInstance, status: 'ACTIVE' | 'DRAINING'): Promise<void> {
  const answer = await user.call('UpdateContainerInstancesState', { containerInstances: [id], status });
  // The instance may be ACTIVE again, so no interruption is expected any more.
  if (status === 'ACTIVE' && answer.kind !== 'refused') user.expectations.interruptedInstanceIds.delete(id);
}

async function interrupt(user: User, { id }: SimulatedInstance): Promise<void> {
  const answer = await user.ask('the notice of a spot interruption', async () => {
    await user.world.interrupt(id);
    return {};
  });
  if (answer.kind === 'done') user.expectations.interruptedInstanceIds.add(id);
}

/**
 * The operator takes the machine out of the cluster, perhaps until it is started again. Without force, this succeeds
 * only if nothing runs there.
 */
async function deregister(user: User, step: StepOf<'deregister'>): Promise<void> {
  const instance = instanceAt(user, step.instance);
  if (!instance) return;
  const { force = true } = step;
  const answer = await user.call('DeregisterContainerInstance', { containerInstance: instance.id, force });
  if (answer.kind === 'refused') return;
  user.expectations.interruptedInstanceIds.delete(instance.id);
  if (answer.kind !== 'done') return;
  if (!force && instance.engine.running.length > 0 && (await holdsTasks(user, instance)))
    user.broken(`instance ${instance.id} was deregistered without force while tasks ran on it`);
  instance.powerOff();
}

/**
 * Looks at the tasks that the store has on the instance. Other tasks may still run there from before the instance was
 * given up.
 */
async function holdsTasks({ world }: User, { id }: SimulatedInstance): Promise<boolean> {
  return (await world.store.listInstanceTasks(id)).length > 0;
}
