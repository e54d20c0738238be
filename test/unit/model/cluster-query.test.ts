/** The cluster query language. */
import { describe, expect, it } from 'vitest';
import { HARD_PATTERNS, HARD_TEXT, TOO_LARGE_PATTERNS } from '../../../bench/hard-patterns.ts';
import {
  attributeNames,
  evaluateClusterQuery,
  groupNames,
  looksAtEveryGroup,
  parseClusterQuery,
  queryInstances,
} from '../../../model/cluster-query/index.ts';
import type { QueryInstance } from '../../../model/cluster-query/index.ts';
import { EC2_INSTANCE_ID_ATTRIBUTE } from '../../../model/container-instance.ts';
import { isEcsError } from '../../../model/errors.ts';
import { aSnapshot, anInstance } from '../../../fixtures/capacity.ts';

interface Facts {
  attributes?: Record<string, string>;
  agentConnected?: boolean;
  agentVersion?: string;
  ec2InstanceId?: string;
  registeredAt?: number;
  runningTasksCount?: number;
  groups?: string[];
}

function instance(facts: Facts): QueryInstance {
  const attributes = new Map(Object.entries(facts.attributes ?? {}));
  return {
    agentConnected: facts.agentConnected ?? true,
    agentVersion: facts.agentVersion ?? '1.80.0',
    ...(facts.ec2InstanceId === undefined ? {} : { ec2InstanceId: facts.ec2InstanceId }),
    registeredAt: facts.registeredAt ?? 0,
    runningTasksCount: facts.runningTasksCount ?? 0,
    attribute: (name) => attributes.get(name),
    has: (name) => attributes.has(name),
    hasTaskOfGroup: (group) => (facts.groups ?? []).includes(group),
    taskGroups: () => facts.groups ?? [],
  };
}

const holds = (text: string, facts: Facts): boolean => evaluateClusterQuery(parseClusterQuery(text), instance(facts));
const refusal = (text: string): string => {
  try {
    parseClusterQuery(text);
  } catch (error) {
    if (isEcsError(error) && error.code === 'InvalidParameterException') return error.message;
    throw error;
  }
  return 'accepted';
};

const small = { attributes: { 'ecs.instance-type': 't2.small', stack: 'prod', size: '10', gpu: '' } };

describe('attribute clauses', () => {
  it.each([
    // equality
    ['attribute:ecs.instance-type == t2.small', true],
    ['attribute:ecs.instance-type equals t2.small', true],
    ['attribute:ecs.instance-type==t2.small', true],
    ['attribute:ecs.instance-type == t2', false],
    ['attribute:ecs.instance-type == T2.SMALL', false],
    ['attribute:ecs.instance-type != t2.small', false],
    ['attribute:ecs.instance-type not_equals t2.large', true],
    // a missing attribute satisfies the negated operators and no other
    ['attribute:absent == x', false],
    ['attribute:absent != x', true],
    ['attribute:absent in [x]', false],
    ['attribute:absent !in [x]', true],
    ['attribute:absent =~ .*', false],
    ['attribute:absent !~ .*', true],
    ['attribute:absent > 0', false],
    ['attribute:absent <= 0', false],
    // existence; a name-only attribute exists
    ['attribute:stack exists', true],
    ['attribute:gpu exists', true],
    ['attribute:gpu == ""', 'refused'],
    ['attribute:absent exists', false],
    ['attribute:absent !exists', true],
    ['attribute:absent not_exists', true],
    ['attribute:stack ! exists', false],
    // order: numbers as numbers, text as text
    ['attribute:size > 9', true],
    ['attribute:size greater_than 10', false],
    ['attribute:size >= 10', true],
    ['attribute:size greater_than_equal 10.5', false],
    ['attribute:size < 9', false],
    ['attribute:size less_than 11', true],
    ['attribute:size <= 10', true],
    ['attribute:size less_than_equal 9.99', false],
    ['attribute:stack > alpha', true],
    ['attribute:stack > zulu', false],
    ['attribute:size == 10.0', false],
    // lists
    ['attribute:ecs.instance-type in [t2.micro, t2.small]', true],
    ['attribute:ecs.instance-type in [t2.micro,t2.small]', true],
    ['attribute:ecs.instance-type in [\'t2.micro\', "t2.small"]', true],
    ['attribute:ecs.instance-type in [t2.micro]', false],
    ['attribute:ecs.instance-type !in [t2.micro]', true],
    ['attribute:ecs.instance-type not_in [t2.small]', false],
    // patterns match the whole value
    ['attribute:ecs.instance-type =~ t2.*', true],
    ['attribute:ecs.instance-type =~ t2', false],
    ['attribute:ecs.instance-type =~ small', false],
    ['attribute:ecs.instance-type matches t[0-9][.]s[a-z]{4}', true],
    ["attribute:ecs.instance-type =~ '(t2|t3)\\.(small|large)'", true],
    ['attribute:ecs.instance-type =~ "(?i)T2\\.SMALL"', true],
    ['attribute:ecs.instance-type =~ a|t2.small', true],
    ['attribute:ecs.instance-type !~ t2.*', false],
    ['attribute:ecs.instance-type not_matches m5.*', true],
  ])('%s is %s', (text, expected) => {
    if (expected === 'refused') expect(refusal(text)).toMatch(/^Invalid expression/);
    else expect(holds(text, small)).toBe(expected);
  });

  it('reads quoted values with spaces and special characters', () => {
    const facts = { attributes: { note: 'a b, (c) == [d] && e' } };
    expect(holds("attribute:note == 'a b, (c) == [d] && e'", facts)).toBe(true);
    expect(holds('attribute:note == "it\'s"', { attributes: { note: "it's" } })).toBe(true);
  });

  it('reads names with every character ECS allows', () => {
    expect(holds('attribute:a.b-c_d/e\\f exists', { attributes: { 'a.b-c_d/e\\f': '' } })).toBe(true);
  });

  it('does not confuse attribute names with members of objects', () => {
    const snapshot = aSnapshot([anInstance('a')]);
    expect(queryInstances(parseClusterQuery('attribute:constructor exists'), snapshot)).toEqual([]);
    expect(queryInstances(parseClusterQuery('task:group == __proto__'), snapshot)).toEqual([]);
  });
});

describe('other subjects', () => {
  it.each<[string, Facts, boolean]>([
    ['agentConnected == true', { agentConnected: true }, true],
    ['agentConnected == TRUE', { agentConnected: true }, true],
    ['agentConnected == false', { agentConnected: true }, false],
    ['agentConnected != false', { agentConnected: true }, true],
    ['agentConnected in [true, false]', { agentConnected: false }, true],
    ['agentConnected !in [true]', { agentConnected: false }, true],
    ['agentConnected =~ t.*', { agentConnected: true }, true],
    ['agentConnected !~ t.*', { agentConnected: true }, false],

    ['agentVersion == 1.80.0', { agentVersion: '1.80.0' }, true],
    ['agentVersion == 1.80', { agentVersion: '1.80.0' }, true],
    ['agentVersion != 1.80.1', { agentVersion: '1.80.0' }, true],
    ['agentVersion > 1.9.0', { agentVersion: '1.10.0' }, true],
    ['agentVersion < 1.9.0', { agentVersion: '1.10.0' }, false],
    ['agentVersion >= v1.10', { agentVersion: '1.10.0-rc1' }, true],
    ['agentVersion <= 2', { agentVersion: '2.0.1' }, false],

    ['ec2InstanceId == i-1', { ec2InstanceId: 'i-1' }, true],
    ['ec2InstanceId in [i-1, i-2]', { ec2InstanceId: 'i-2' }, true],
    ['ec2InstanceId =~ i-.*', { ec2InstanceId: 'i-2' }, true],
    ['ec2InstanceId == i-1', {}, false],
    ['ec2InstanceId != i-1', {}, true],

    ['runningTasksCount == 1', { runningTasksCount: 1 }, true],
    ['runningTasksCount != 1', { runningTasksCount: 2 }, true],
    ['runningTasksCount > 9', { runningTasksCount: 10 }, true],
    ['runningTasksCount >= 10', { runningTasksCount: 10 }, true],
    ['runningTasksCount < 10', { runningTasksCount: 9 }, true],
    ['runningTasksCount <= 8', { runningTasksCount: 9 }, false],

    ['task:group == service:web', { groups: ['family:db', 'service:web'] }, true],
    ['task:group == web', { groups: ['service:web'] }, false],
    ['task:group != service:web', { groups: ['service:web', 'x'] }, false],
    ['task:group != service:web', { groups: [] }, true],
    ['task:group in [a, b]', { groups: ['b'] }, true],
    ['task:group !in [a, b]', { groups: ['c'] }, true],
    ['task:group =~ service:.*', { groups: ['family:db', 'service:web'] }, true],
    ['task:group !~ service:.*', { groups: ['family:db'] }, true],
    ['not(task:group == database)', { groups: ['database'] }, false],
    ['not(task:group == database)', { groups: ['web'] }, true],
  ])('%s of %o is %s', (text, facts, expected) => {
    expect(holds(text, facts)).toBe(expected);
  });

  const at = Date.UTC(2018, 5, 18, 22, 28, 28, 400);
  it.each<[string, boolean]>([
    ['registeredAt == 2018-06-18T22:28:28+00:00', true],
    ['registeredAt == 2018-06-18T22:28:28Z', true],
    ['registeredAt == 2018-06-18T22:28:28', true],
    ['registeredAt == 2018-06-19T00:28:28+02:00', true],
    ['registeredAt == 2018-06-18T17:28:28-05:00', true],
    ['registeredAt == 2018-06-18T22:28:28.400Z', true],
    ['registeredAt == 2018-06-18T22:28:28.4Z', true],
    ['registeredAt == 2018-06-18T22:28:28.399Z', false],
    ['registeredAt == 2018-06-18', true],
    ['registeredAt != 2018-06-17', true],
    ['registeredAt > 2018-06-17', true],
    ['registeredAt > 2018-06-18', false],
    ['registeredAt >= 2018-06-18', true],
    ['registeredAt < 2018-06-19', true],
    ['registeredAt <= 2018-06-18T22:28:28Z', true],
    ['registeredAt < 2018-06-18T22:28:28Z', false],
    ['registeredAt > 2018-06-18T22:28:27Z', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text, { registeredAt: at })).toBe(expected);
  });
});

describe('combining clauses', () => {
  const facts = { attributes: { a: '1', b: '2' } };
  it.each([
    ['attribute:a == 1 and attribute:b == 2', true],
    ['attribute:a == 1 && attribute:b == 3', false],
    ['attribute:a==1&&attribute:b==2', true],
    ['attribute:a==9||attribute:b==2', true],
    ['attribute:a == 9 or attribute:b == 2', true],
    ['attribute:a == 1 OR attribute:b == 9 AND attribute:a == 9', true],
    ['(attribute:a == 1 or attribute:b == 9) and attribute:a == 9', false],
    ['not attribute:a == 9 and attribute:b == 2', true],
    ['!(attribute:a == 1)', false],
    ['!attribute:a exists', false],
    ['not not attribute:a exists', true],
    ['!!!(attribute:a == 1)', false],
    ['((((attribute:a == 1))))', true],
    ['  attribute:a\n==\t1  ', true],
    ['attribute:a exists and attribute:b exists or attribute:c exists', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text, facts)).toBe(expected);
  });
});

describe('refused expressions', () => {
  it.each([
    ['', 'Invalid expression: it is empty.'],
    ['   ', 'Invalid expression: it is empty.'],
    ['attribute:a', 'Invalid expression: expected an operator after attribute:a at character 12, found the end.'],
    ['attribute:a ==', 'Invalid expression: expected a value at character 15, found the end.'],
    ['attribute:a = 1', 'Invalid expression: expected an operator after attribute:a at character 13, found = 1.'],
    ['attribute:a == 1 attribute:b == 2', /expected "and", "or" or the end at character 18, found attribute:b == 2\./],
    ['(attribute:a == 1', /expected "\)" at character 18, found the end/],
    ['attribute:a == 1)', /expected "and", "or" or the end/],
    ['attribute:a in t2', /expected a list like \[a, b\]/],
    ['attribute:a in []', /expected a value at character 17, found \]/],
    ['attribute:a in [x, ]', /expected a value/],
    ['attribute:a in [x y]', /expected "," or "\]"/],
    ['attribute:a == [x]', /expected a value/],
    ['attribute: == x', /expected attribute:<name> or one of agentConnected/],
    ['nodes == x', /expected attribute:<name> or one of agentConnected/],
    ['task:family == x', /expected attribute:<name>/],
    ['attribute:a exists x', /expected "and", "or" or the end/],
    ['and attribute:a exists', /expected attribute:<name>/],
    ['attribute:a exists and', /expected attribute:<name>.*found the end/],
    ['agentConnected == yes', /agentConnected is true or false, not yes/],
    ['agentConnected > true', /agentConnected cannot be used with the operator >/],
    ['agentVersion == new', /agentVersion is compared with a version/],
    ['agentVersion in [1.0]', /agentVersion cannot be used with the operator in/],
    ['agentVersion exists', /agentVersion cannot be used with the operator exists/],
    ['ec2InstanceId > i-1', /ec2InstanceId cannot be used/],
    ['runningTasksCount == -1', /runningTasksCount is compared with a whole number/],
    ['runningTasksCount == 1.5', /whole number/],
    ['runningTasksCount =~ 1', /cannot be used with the operator =~/],
    ['registeredAt > yesterday', /registeredAt is compared with a time/],
    ['registeredAt > 2018-02-30', /registeredAt is compared with a time/],
    ['registeredAt > 2018-13-01', /registeredAt is compared with a time/],
    ['registeredAt > 2018-06-00', /registeredAt is compared with a time/],
    ['registeredAt > 2018-06-18T25:00:00Z', /registeredAt is compared with a time/],
    ['task:group exists', /task:group cannot be used with the operator exists/],
    ['attribute:a =~ [', /the pattern \[ is not valid/],
    ["attribute:a =~ '('", /the pattern \( is not valid/],
    ["attribute:a =~ 'a(?=b)'", /the pattern a\(\?=b\) is not valid/],
    ["attribute:a =~ '(a)\\1'", /is not valid/],
    [`attribute:a == ${'x'.repeat(2000)}`, 'Invalid expression: longer than 2000 characters.'],
  ])('%s', (text, message) => {
    expect(refusal(text)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  it('accepts an expression of exactly 2,000 characters', () => {
    const start = 'attribute:a == ';
    expect(refusal(start + 'x'.repeat(2000 - start.length))).toBe('accepted');
  });
});

/** `npm run bench -- --only placement` measures how long they take. */
describe('patterns cannot hang a caller', () => {
  it.each(HARD_PATTERNS)('%s', (pattern) => {
    expect(holds(`attribute:a =~ '${pattern}'`, { attributes: { a: HARD_TEXT } })).toBe(false);
  });

  it.each(TOO_LARGE_PATTERNS)('refuses %s as too large', (pattern) => {
    expect(refusal(`attribute:a =~ '${pattern}'`)).toMatch(/^Invalid expression: the pattern .* is too large/);
  });

  it('survives the deepest nesting that fits', () => {
    expect(holds(`${'('.repeat(990)}attribute:a == 1${')'.repeat(990)}`, { attributes: { a: '1' } })).toBe(true);
    expect(holds(`${'!'.repeat(1980)}attribute:a == 1`, { attributes: { a: '1' } })).toBe(true);
  });
});

describe('what a query reads', () => {
  const text =
    "attribute:b == 1 and (attribute:a exists or not task:group == g2) and task:group in [g1, 'g3'] and attribute:b != 2";
  it('names attributes and groups, sorted, without repeats', () => {
    expect(attributeNames(parseClusterQuery(text))).toEqual(['a', 'b']);
    expect(groupNames(parseClusterQuery(text))).toEqual(['g1', 'g2', 'g3']);
    expect(looksAtEveryGroup(parseClusterQuery(text))).toBe(false);
  });

  it('says when it needs every group', () => {
    const query = parseClusterQuery('agentConnected == true or not(task:group =~ service:.*)');
    expect(looksAtEveryGroup(query)).toBe(true);
    expect(groupNames(query)).toEqual([]);
    expect(attributeNames(query)).toEqual([]);
  });
});

describe('queryInstances', () => {
  const snapshot = aSnapshot([
    anInstance('a', { attributes: { type: 't2' }, groups: { web: 1 }, runningTasksCount: 3 }),
    anInstance('b', {
      attributes: { type: 'm5', [EC2_INSTANCE_ID_ATTRIBUTE]: 'i-2' },
      agentVersion: '1.9.0',
      registeredAt: Date.UTC(2020, 0, 1),
    }),
    anInstance('c', { agentConnected: false, groups: { db: 2 } }),
  ]);
  it.each([
    ['attribute:type == t2', ['a']],
    ['attribute:type != t2', ['b', 'c']],
    ['attribute:type exists', ['a', 'b']],
    ['agentConnected == false', ['c']],
    ['agentVersion < 1.10', ['b']],
    ['registeredAt > 2019-01-01', ['b']],
    ['runningTasksCount > 2', ['a']],
    ['task:group == db', ['c']],
    ['task:group =~ .+', ['a', 'c']],
    ['ec2InstanceId != i-1', ['a', 'b', 'c']],
    ['ec2InstanceId =~ .*', ['b']],
    ['ec2InstanceId in [i-2]', ['b']],
  ])('%s finds %j', (text, ids) => {
    expect(queryInstances(parseClusterQuery(text), snapshot)).toEqual(ids);
  });
});
