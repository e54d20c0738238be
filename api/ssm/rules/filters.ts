/** The filters of DescribeParameters and GetParametersByPath. Pure. */
import type { ParametersFilter, ParameterStringFilter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../../model/errors.ts';
import type { SealedParameter } from '../../../store/contract/secrets.ts';
import { isDirectlyBelow, prefixOf } from './names.ts';

type Shown = Pick<SealedParameter, 'name' | 'type' | 'tier' | 'labels' | 'tags'>;
type Test = (parameter: Shown) => boolean;

const DEFAULT_KEY = 'alias/aws/ssm';

/** What a filter looks at: the texts that a parameter has under its key. */
function textsOf(key: string): ((parameter: Shown) => readonly string[]) | undefined {
  if (key.startsWith('tag:')) {
    return ({ tags }) => tags.filter((tag) => tag.key === key.slice('tag:'.length)).map(({ value }) => value);
  }
  switch (key) {
    case 'Name':
      return ({ name }) => [name];
    case 'Type':
      return ({ type }) => [type];
    case 'Tier':
      return ({ tier }) => [tier];
    case 'DataType':
      return () => ['text'];
    case 'KeyId':
      return ({ type }) => (type === 'SecureString' ? [DEFAULT_KEY] : []);
    case 'Label':
      return ({ labels }) => labels;
    default:
      return undefined;
  }
}

const OPTIONS: Readonly<Record<string, (text: string, wanted: string) => boolean>> = {
  Equals: (text, wanted) => text === wanted,
  BeginsWith: (text, wanted) => text.startsWith(wanted),
  Contains: (text, wanted) => text.includes(wanted),
};

const OF_DESCRIBE = ['DataType', 'KeyId', 'Name', 'Path', 'Tier', 'Type'];
const OF_PATH = ['KeyId', 'Label', 'Type'];

/** Whether a parameter passes all filters. `of`: the operation, by which different keys can be asked. */
export function filterOf(
  filters: readonly ParameterStringFilter[] = [],
  of: 'DescribeParameters' | 'GetParametersByPath',
): Test {
  const known = of === 'DescribeParameters' ? OF_DESCRIBE : OF_PATH;
  const tests = filters.map((filter) => {
    const { Key: key = '' } = filter;
    const isKnown = known.includes(key) || (of === 'DescribeParameters' && key.startsWith('tag:'));
    if (!isKnown) {
      throw new AwsError(
        'InvalidFilterKey',
        `The following filter key is not valid: ${key}. Valid filter keys include: [${known.join(', ')}].`,
      );
    }
    return key === 'Path' ? pathTest(filter) : textTest(filter);
  });
  return (parameter) => tests.every((test) => test(parameter));
}

function textTest({ Key: key = '', Option: option = 'Equals', Values: values = [] }: ParameterStringFilter): Test {
  const texts = textsOf(key);
  const matches = OPTIONS[option];
  const isAllowed = option === 'Equals' || option === 'BeginsWith' || (option === 'Contains' && key === 'Name');
  if (texts === undefined || matches === undefined || !isAllowed) throw invalidOption(option, key);
  // A tag without values is asked for by its key alone.
  if (values.length === 0) return (parameter) => texts(parameter).length > 0;
  return (parameter) =>
    texts(parameter).some((text) =>
      values.some((wanted) => matches(text, wanted) || (key === 'Name' && matches(text, `/${wanted}`))),
    );
}

function pathTest({ Option: option = 'OneLevel', Values: values = [] }: ParameterStringFilter): Test {
  if (option !== 'OneLevel' && option !== 'Recursive') throw invalidOption(option, 'Path');
  const prefixes = values.map(prefixOf);
  return ({ name }) =>
    prefixes.some((prefix) => name.startsWith(prefix) && (option === 'Recursive' || isDirectlyBelow(prefix, name)));
}

const invalidOption = (option: string, key: string): AwsError =>
  new AwsError('InvalidFilterOption', `The following filter option is not valid: ${option}, for the key ${key}.`);

/** The older form of filters, in which names are compared by their beginnings. */
export const olderFilterOf = (filters: readonly ParametersFilter[] = []): Test =>
  filterOf(
    filters.map(({ Key, Values }) => ({ Key, Values, Option: Key === 'Name' ? 'BeginsWith' : 'Equals' })),
    'DescribeParameters',
  );

/** What tells one list from another, for its tokens. */
export const filterNames = (filters: readonly object[] = []): readonly string[] =>
  filters.map((filter) => JSON.stringify(filter));
