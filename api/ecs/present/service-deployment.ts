/** Presents service deployments. */
import type {
  DeploymentLifecycleHookDetail,
  ServiceDeployment as WireServiceDeployment,
  ServiceDeploymentBrief,
} from '@aws-sdk/client-ecs';
import {
  clusterArn,
  serviceArn,
  serviceDeploymentArn,
  serviceRevisionArn,
  type Partition,
} from '../../../model/arn.ts';
import type { ServiceRecord } from '../../../model/service.ts';
import { countRevision, type HookProgress, type ServiceDeployment } from '../../../model/service-deployment.ts';
import { toDate } from '../../../model/wire/dates.ts';
import { presentRevisionCounts } from './revision-counts.ts';
import { presentDeploymentConfiguration } from './service.ts';

/** The service deployment as the API shows it. Until it ends, it shows the service's present settings. */
export function presentServiceDeployment(
  deployment: ServiceDeployment,
  record: ServiceRecord,
  partition: Partition,
): WireServiceDeployment {
  const { definition, deployments } = record;
  const { end, rollback } = deployment;
  const { clusterName, serviceName } = definition;
  const target = end?.target ?? countRevision(deployments, deployment.targetRevisionId);
  const sources = end?.sources ?? deployment.sourceRevisionIds.map((id) => countRevision(deployments, id));
  const breaker = end?.breaker ?? record.breaker;
  return {
    ...presentNames(deployment, record, partition),
    createdAt: new Date(deployment.createdAt),
    startedAt: toDate(deployment.startedAt),
    finishedAt: toDate(deployment.finishedAt),
    stoppedAt: toDate(deployment.stoppedAt),
    updatedAt: new Date(deployment.updatedAt),
    sourceServiceRevisions: sources.map((counts) => presentRevisionCounts(counts, definition, partition)),
    targetServiceRevision: presentRevisionCounts(target, definition, partition),
    lifecycleStage: deployment.lifecycleStage,
    lifecycleHookDetails: deployment.hooks?.map(presentHook),
    deploymentConfiguration: presentDeploymentConfiguration(end?.settings ?? definition),
    rollback: rollback && {
      reason: rollback.reason,
      startedAt: new Date(rollback.startedAt),
      serviceRevisionArn: serviceRevisionArn(partition, clusterName, serviceName, rollback.revisionId),
    },
    deploymentCircuitBreaker: breaker,
    alarms: { status: 'DISABLED', alarmNames: [], triggeredAlarmNames: [] },
  };
}

/** One entry of ListServiceDeployments. */
export function presentServiceDeploymentBrief(
  deployment: ServiceDeployment,
  record: ServiceRecord,
  partition: Partition,
): ServiceDeploymentBrief {
  const { clusterName, serviceName } = record.definition;
  return {
    ...presentNames(deployment, record, partition),
    createdAt: new Date(deployment.createdAt),
    startedAt: toDate(deployment.startedAt),
    finishedAt: toDate(deployment.finishedAt),
    targetServiceRevisionArn: serviceRevisionArn(partition, clusterName, serviceName, deployment.targetRevisionId),
  };
}

function presentNames(deployment: ServiceDeployment, { definition }: ServiceRecord, partition: Partition) {
  const { clusterName, serviceName } = definition;
  return {
    serviceDeploymentArn: serviceDeploymentArn(partition, clusterName, serviceName, deployment.serviceDeploymentId),
    serviceArn: serviceArn(partition, clusterName, serviceName),
    clusterArn: clusterArn(partition, clusterName),
    status: deployment.status,
    statusReason: deployment.statusReason,
  };
}

const presentHook = ({ hookId, status, expiresAt, timeoutAction }: HookProgress): DeploymentLifecycleHookDetail => ({
  hookId,
  targetType: 'PAUSE',
  status,
  expiresAt: new Date(expiresAt),
  timeoutAction,
});
