/** The metadata of a task and its containers in the form of ECS's task metadata endpoint, version 4. Pure. */
import type { ContainerInspectInfo } from 'dockerode';
import { LABELS, PAUSE_CONTAINER_NAME } from '../../activities/host/launch/labels.ts';
import { type ContainerRecord, reportOf } from '../../activities/host/launch/container-record.ts';
import type { TaskLife } from '../../activities/host/launch/task-life.ts';
import { taskContainerId } from '../../activities/task-hex.ts';
import { clusterArn, containerArn, parseArn } from '../../model/arn.ts';
import { defined } from '../../model/defined.ts';
import type { EpochMs } from '../../model/time.ts';
import { awsvpcNetworks, dockerNetworks } from './metadata-networks.ts';

/** ECS shows no less, because a container gets no less. */
const MINIMUM_CPU = 2;
const TASK_DEFINITION = 'com.amazonaws.ecs.task-definition-';

/** What the engine shows of the task's containers, by name. */
export type Inspected = ReadonlyMap<string, ContainerInspectInfo>;

export interface TaskSource {
  readonly life: TaskLife;
  readonly inspected: Inspected;
  readonly availabilityZone: string;
}

const STATUSES = ['NONE', 'PULLED', 'CREATED', 'RUNNING', 'STOPPED'] as const;
type KnownStatus = (typeof STATUSES)[number];

/** The task, with those of its containers whose images are there. */
export function taskMetadata(source: TaskSource): object {
  const { life, inspected, availabilityZone } = source;
  const { plan } = life;
  const labels = [...inspected.values()][0]?.Config.Labels ?? {};
  const arn = parseArn(plan.taskArn);
  const [cluster = ''] = arn?.path ?? [];
  const [, service] = /^service\/[^/]+\/(.+)$/.exec(plan.ownerWorkflowId) ?? [];
  const { cpu, memoryMiB } = plan.limits ?? {};
  const limits = defined({ CPU: cpu === undefined ? undefined : cpu / 1024, Memory: memoryMiB });
  return {
    Cluster: plan.launchType === 'FARGATE' && arn !== undefined ? clusterArn(arn, cluster) : cluster,
    TaskARN: plan.taskArn,
    Family: plan.family ?? labels[`${TASK_DEFINITION}family`] ?? '',
    Revision: labels[`${TASK_DEFINITION}version`] ?? '',
    ...defined({ ServiceName: service }),
    DesiredStatus: desiredStatus(life),
    KnownStatus: taskStatus(life),
    ...(Object.keys(limits).length === 0 ? {} : { Limits: limits }),
    ...defined({
      PullStartedAt: timeOf(life.pullStartedAt),
      PullStoppedAt: timeOf(life.pullStoppedAt),
      ExecutionStoppedAt: timeOf(life.executionStoppedAt),
      LaunchType: plan.launchType,
    }),
    AvailabilityZone: availabilityZone,
    Containers: [...pauseContainer(source), ...life.containers.filter(isShown).map((r) => ofRecord(source, r))],
    FaultInjectionEnabled: false,
  };
}

/** One container of the task; undefined if it has no such container. */
export function containerMetadata(source: TaskSource, name: string): object | undefined {
  const record = source.life.containers.find(({ plan }) => plan.name === name);
  if (record !== undefined) return ofRecord(source, record);
  return pauseContainer(source)[0];
}

const isShown = (record: ContainerRecord): boolean => record.pulled || record.containerId !== undefined;

const desiredStatus = ({ isStopping }: TaskLife): string => (isStopping ? 'STOPPED' : 'RUNNING');

function taskStatus(life: TaskLife): KnownStatus {
  if (life.stoppedAt !== undefined) return 'STOPPED';
  if (life.startedAt !== undefined) return 'RUNNING';
  const least = Math.min(...life.containers.map((record) => STATUSES.indexOf(containerStatus(record))));
  return STATUSES[least] ?? 'NONE';
}

function containerStatus({ phase, containerId, pulled }: ContainerRecord): KnownStatus {
  if (phase === 'stopped') return 'STOPPED';
  if (phase === 'running' || phase === 'stopping') return 'RUNNING';
  if (containerId !== undefined) return 'CREATED';
  return pulled ? 'PULLED' : 'NONE';
}

function ofRecord(source: TaskSource, record: ContainerRecord): object {
  const { life, inspected } = source;
  const { plan } = record;
  const info = inspected.get(plan.name);
  const report = reportOf(record);
  const arn = parseArn(life.plan.taskArn);
  return {
    DockerId: record.containerId ?? '',
    Name: plan.name,
    ...engineFacts(info, plan.secretLogOptions ?? []),
    DesiredStatus: desiredStatus(life),
    KnownStatus: containerStatus(record),
    ...defined({ ExitCode: report.exitCode }),
    Limits: { CPU: Math.max(plan.limits?.cpu ?? 0, MINIMUM_CPU), Memory: plan.limits?.memoryMiB ?? 0 },
    Type: 'NORMAL',
    ...(report.networkBindings === undefined
      ? {}
      : {
          Ports: report.networkBindings.map(({ containerPort, protocol, hostPort, bindIP }) => ({
            ...{ ContainerPort: containerPort, Protocol: protocol, HostPort: hostPort, HostIp: bindIP },
          })),
        }),
    ...(plan.hasHealthCheck ? { Health: health(record, info) } : {}),
    ...(arn === undefined
      ? {}
      : {
          ContainerARN: containerArn(arn, {
            cluster: arn.path[0] ?? '',
            taskId: life.plan.taskId,
            containerId: taskContainerId(life.plan.taskId, plan.name),
          }),
        }),
    Networks:
      life.plan.networkMode === 'awsvpc'
        ? awsvpcNetworks(life.address, inspected.get(PAUSE_CONTAINER_NAME))
        : dockerNetworks(info),
    // This agent's count: it keeps none over its own restarts.
    ...(plan.restartPolicy === undefined ? {} : { RestartCount: record.restarts ?? 0 }),
  };
}

/** The container that holds the task's network is one of the task's on ECS, but not on Fargate. */
function pauseContainer({ life, inspected }: TaskSource): object[] {
  const info = inspected.get(PAUSE_CONTAINER_NAME);
  if (info === undefined || life.plan.launchType === 'FARGATE') return [];
  return [
    {
      DockerId: info.Id,
      Name: PAUSE_CONTAINER_NAME,
      ...engineFacts(info, []),
      DesiredStatus: desiredStatus(life),
      KnownStatus: info.State.Running ? 'RUNNING' : 'STOPPED',
      Limits: { CPU: MINIMUM_CPU, Memory: 0 },
      Type: 'CNI_PAUSE',
      Networks: life.plan.networkMode === 'awsvpc' ? awsvpcNetworks(life.address, info) : dockerNetworks(info),
    },
  ];
}

/** What the engine alone knows. Of a container that it does not have yet, the members that are always there. */
function engineFacts(info: ContainerInspectInfo | undefined, secretLogOptions: readonly string[]): object {
  if (info === undefined) return { DockerName: '', Image: '', ImageID: '' };
  const { Type, Config } = info.HostConfig.LogConfig as { readonly Type?: string; readonly Config?: object | null };
  const options = Object.entries(Config ?? {}).filter(([name]) => !secretLogOptions.includes(name));
  const volumes = info.Mounts.map(({ Name, Source, Destination }) => ({
    ...defined({ DockerName: Name }),
    Source,
    Destination,
  }));
  return {
    DockerName: info.Name.replace(/^\//, ''),
    Image: info.Config.Image,
    ImageID: info.Image,
    Labels: Object.fromEntries(Object.entries(info.Config.Labels).filter(([name]) => name !== LABELS.plan)),
    ...defined({
      CreatedAt: engineTime(info.Created),
      StartedAt: engineTime(info.State.StartedAt),
      FinishedAt: info.State.Running ? undefined : engineTime(info.State.FinishedAt),
    }),
    ...(volumes.length === 0 ? {} : { Volumes: volumes }),
    ...(Type === undefined || Type === '' ? {} : { LogDriver: Type }),
    ...(options.length === 0 ? {} : { LogOptions: Object.fromEntries(options) }),
  };
}

function health({ health: status, healthSince }: ContainerRecord, info: ContainerInspectInfo | undefined): object {
  // Before the first check, some engines have no list.
  const log = info?.State.Health?.Log as readonly { ExitCode: number; Output: string }[] | null | undefined;
  const latest = log?.at(-1);
  return {
    ...(status === undefined || status === 'UNKNOWN' ? {} : { status }),
    ...defined({ statusSince: timeOf(healthSince) }),
    ...(latest === undefined || latest.ExitCode === 0 ? {} : { exitCode: latest.ExitCode }),
    ...(latest === undefined || latest.Output === '' ? {} : { output: latest.Output }),
  };
}

const timeOf = (at: EpochMs | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString();

/** Docker shows a time that does not exist as the year 1. */
const engineTime = (text: string): string | undefined =>
  text === '' || text.startsWith('0001-') ? undefined : new Date(text).toISOString();
