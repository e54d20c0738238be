/** LabelParameterVersion and UnlabelParameterVersion. */
import type {
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
} from '@aws-sdk/client-ssm';
import type { Parameter } from '../../../model/secrets/parameter.ts';
import type { Operation, OperationContext } from '../../operation.ts';
import { findParameter } from '../read-parameter.ts';
import { parameterNotFound, versionNotFound } from '../refusals.ts';
import { isLabel, withLabels, withoutLabels } from '../rules/labels.ts';

/** Changes the versions of a parameter that exists. */
async function change(
  context: OperationContext,
  named: string,
  decide: (parameter: Parameter) => Parameter,
): Promise<void> {
  const { name } = (await findParameter(context, named)).parameter;
  await context.store.changeParameter(name, (parameter) => {
    if (parameter === undefined) throw parameterNotFound(named);
    return Promise.resolve({ parameter: decide(parameter) });
  });
}

/** The number of the version, or of the latest one. Throws ParameterVersionNotFound. */
function versionIn({ name, versions }: Parameter, wanted: number | undefined): number {
  const version = wanted ?? versions.at(-1)?.version ?? 0;
  if (!versions.some((each) => each.version === version)) throw versionNotFound(version, name);
  return version;
}

export const labelParameterVersion: Operation<LabelParameterVersionRequest, LabelParameterVersionResult> = {
  name: 'LabelParameterVersion',
  effect: 'records',
  async handle({ Name = '', ParameterVersion, Labels = [] }, context) {
    const labels = [...new Set(Labels)];
    const good = labels.filter(isLabel);
    let labelled = 0;
    await change(context, Name, (parameter) => {
      labelled = versionIn(parameter, ParameterVersion);
      return { ...parameter, versions: withLabels(parameter.versions, labelled, good) };
    });
    return { InvalidLabels: labels.filter((label) => !isLabel(label)), ParameterVersion: labelled };
  },
};

export const unlabelParameterVersion: Operation<UnlabelParameterVersionRequest, UnlabelParameterVersionResult> = {
  name: 'UnlabelParameterVersion',
  effect: 'records',
  async handle({ Name = '', ParameterVersion, Labels = [] }, context) {
    const labels = [...new Set(Labels)];
    let RemovedLabels: string[] = [];
    await change(context, Name, (parameter) => {
      const version = versionIn(parameter, ParameterVersion);
      const had = parameter.versions.find((each) => each.version === version)?.labels ?? [];
      RemovedLabels = labels.filter((label) => had.includes(label));
      return { ...parameter, versions: withoutLabels(parameter.versions, version, RemovedLabels) };
    });
    return { RemovedLabels, InvalidLabels: labels.filter((label) => !RemovedLabels.includes(label)) };
  },
};
