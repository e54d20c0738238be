/** `longshore instance revoke`: cuts a host off that joined by a token. */
import { parseArgs } from 'node:util';
import { shortName } from '../../model/arn.ts';
import { answerOf } from '../local-api.ts';
import { type Settings } from '../../tools/settings.ts';
import { withUsage } from '../with-usage.ts';

const USAGE = `Usage: longshore instance revoke INSTANCE [--cluster NAME]

Cuts the agent of a container instance (its id or ARN) off, within a second and for good: its certificate opens nothing any
more, and its open connections end. Its containers run on, on a host that Longshore no longer reaches.

  --cluster  the cluster of the instance (default: LONGSHORE_CLUSTER)`;

export async function run(settings: Settings, args: readonly string[]): Promise<void> {
  const { instance, cluster } = readArguments(args, settings);
  const inCluster = `/v1/clusters/${encodeURIComponent(cluster)}/container-instances`;
  const path = `${inCluster}/${encodeURIComponent(instance)}/revocation`;
  const { containerInstanceArn } = await answerOf<{ readonly containerInstanceArn: string }>(settings, path, {
    method: 'POST',
  });
  const id = shortName(containerInstanceArn);
  process.stdout.write(
    `${id} is cut off. Its tasks are replaced once it counts as lost; to replace them now:\n  aws ecs deregister-container-instance --force --cluster ${cluster} --container-instance ${id}\n`,
  );
}

function readArguments(args: readonly string[], { clusterName }: Settings) {
  return withUsage(USAGE, () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { cluster: { type: 'string' } },
    });
    const [word, instance, ...more] = positionals;
    if (word !== 'revoke' || instance === undefined || more.length > 0) throw new Error('Which container instance?');
    return { instance, cluster: values.cluster ?? clusterName };
  });
}
