/** Values: GetParameter, GetParameters, GetParametersByPath, GetParameterHistory. */
import type {
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
} from '@aws-sdk/client-ssm';
import { isAwsError } from '../../../model/errors.ts';
import type { Operation } from '../../operation.ts';
import { pageOfAll, scanned, tokenPage } from '../../protocol/pages.ts';
import { presentHistory, presentParameter } from '../present.ts';
import { findParameter } from '../read-parameter.ts';
import { badToken } from '../refusals.ts';
import { filterNames, filterOf } from '../rules/filters.ts';
import { isDirectlyBelow, prefixOf } from '../rules/names.ts';

const BY_PATH_PAGE = 10;
const HISTORY_PAGE = 50;
const MISSING: ReadonlySet<string> = new Set(['ParameterNotFound', 'ParameterVersionNotFound']);

export const getParameter: Operation<GetParameterRequest, GetParameterResult> = {
  name: 'GetParameter',
  effect: 'reads',
  async handle({ Name = '', WithDecryption: decrypt = false }, context) {
    const { parameter, ...chosen } = await findParameter(context, Name);
    return { Parameter: presentParameter(parameter, context, { decrypt, ...chosen }) };
  },
};

export const getParameters: Operation<GetParametersRequest, GetParametersResult> = {
  name: 'GetParameters',
  effect: 'reads',
  async handle({ Names = [], WithDecryption: decrypt = false }, context) {
    const Parameters: Parameter[] = [];
    const InvalidParameters: string[] = [];
    for (const name of new Set(Names)) {
      try {
        const { parameter, ...chosen } = await findParameter(context, name);
        Parameters.push(presentParameter(parameter, context, { decrypt, ...chosen }));
      } catch (error) {
        if (!isAwsError(error) || !MISSING.has(error.code)) throw error;
        InvalidParameters.push(name);
      }
    }
    return { Parameters, InvalidParameters };
  },
};

export const getParametersByPath: Operation<GetParametersByPathRequest, GetParametersByPathResult> = {
  name: 'GetParametersByPath',
  effect: 'reads',
  async handle(input, context) {
    const { Path = '', Recursive = false, ParameterFilters: filters, WithDecryption: decrypt = false } = input;
    const prefix = prefixOf(Path);
    const passes = filterOf(filters, 'GetParametersByPath');
    const list = ['GetParametersByPath', prefix, String(Recursive), ...filterNames(filters)];
    const { items, paging } = await tokenPage({ list, defaultSize: BY_PATH_PAGE, badToken }, input, (page) =>
      scanned(page, {
        load: (batch) => context.store.listParameters(prefix, batch),
        keep: (parameter) => (Recursive || isDirectlyBelow(prefix, parameter.name)) && passes(parameter),
        keyOf: ({ name }) => name,
      }),
    );
    return { Parameters: items.map((parameter) => presentParameter(parameter, context, { decrypt })), ...paging };
  },
};

export const getParameterHistory: Operation<GetParameterHistoryRequest, GetParameterHistoryResult> = {
  name: 'GetParameterHistory',
  effect: 'reads',
  async handle(input, context) {
    const { Name = '', WithDecryption: decrypt = false } = input;
    const { parameter } = await findParameter(context, Name);
    const history = await context.store.parameterHistory(parameter.name);
    const list = ['GetParameterHistory', parameter.name];
    const { items, paging } = await tokenPage({ list, defaultSize: HISTORY_PAGE, badToken }, input, (page) =>
      pageOfAll(history, page, ({ version }) => String(version)),
    );
    return { Parameters: items.map((version) => presentHistory(version, context, { decrypt })), ...paging };
  },
};
