/** The API's shapes, and requests and responses that follow them. */
import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../../api/ecs/catalogue.ts';
import { ecsShapeRefusals } from '../../../../api/ecs/shape-refusals.ts';
import { requestSchema } from '../../../../api/protocol/request-schema.ts';
import { responseBody } from '../../../../api/protocol/response-body.ts';
import { validateRequest } from '../../../../api/protocol/validate-request.ts';

const shapes = (name: string) => ecsCatalogue.shapesOf(name)!;
const validate = (name: string, body: unknown): unknown => validateRequest(shapes(name), body, ecsShapeRefusals);

describe('shapes of the API', () => {
  it('can be read for all operations', () => {
    for (const name of ecsCatalogue.names) expect(() => requestSchema(shapes(name).input)).not.toThrow();
  });

  it('know required members, lists, maps and times', () => {
    const members = new Map(shapes('RegisterTaskDefinition').input.members.map((member) => [member.name, member]));
    expect(members.get('family')).toMatchObject({ required: true, shape: { kind: 'string' } });
    expect(members.get('cpu')).toMatchObject({ required: false, shape: { kind: 'string' } });
    expect(members.get('requiresCompatibilities')).toMatchObject({ shape: { kind: 'list' } });
    const task = shapes('DescribeTasks').output.members.find(({ name }) => name === 'tasks')!.shape;
    const created =
      task.kind === 'list' && task.element.kind === 'structure'
        ? task.element.members.find(({ name }) => name === 'createdAt')
        : undefined;
    expect(created?.shape).toEqual({ kind: 'timestamp' });
  });
});

describe('validateRequest', () => {
  it('keeps texts in maps and free lists, and coerces only where the API wants integers', () => {
    const input = {
      family: '12',
      containerDefinitions: [
        { name: '1', image: '2', memory: '100', cpu: '99', command: ['3'], dockerLabels: { a: '1' } },
      ],
    };
    expect(validate('RegisterTaskDefinition', input)).toEqual({
      family: '12',
      containerDefinitions: [{ name: '1', image: '2', memory: 100, cpu: 99, command: ['3'], dockerLabels: { a: '1' } }],
    });
  });

  it('reads times as epoch seconds or ISO texts', () => {
    const at = (after: unknown): unknown => validate('ListServiceDeployments', { service: 's', createdAt: { after } });
    const date = new Date('2026-01-02T03:04:05.678Z');
    expect(at(date.getTime() / 1000)).toMatchObject({ createdAt: { after: date } });
    expect(at(date.toISOString())).toMatchObject({ createdAt: { after: date } });
    expect(() => at('soon')).toThrow(/can not be converted to a Timestamp/);
  });

  it('reads any port protocol but udp as tcp, as ECS does', () => {
    const mapped = (protocol: string): object => ({
      family: 'a',
      containerDefinitions: [{ portMappings: [{ containerPort: 53, protocol }] }],
    });
    for (const protocol of ['tcp', 'sctp', 'TCP', '']) {
      expect(validate('RegisterTaskDefinition', mapped(protocol))).toEqual(mapped('tcp'));
    }
    expect(validate('RegisterTaskDefinition', mapped('udp'))).toEqual(mapped('udp'));
  });

  it('accepts 64 bits and fractions where the API has them', () => {
    const resource = (longValue: number): object => ({ totalResources: [{ name: 'MEMORY', type: 'LONG', longValue }] });
    const registered = (longValue: number): unknown => validate('RegisterContainerInstance', resource(longValue));
    expect(registered(2 ** 40)).toEqual(resource(2 ** 40));
    expect(() => registered(0.5)).toThrow(/longValue: DECIMAL_VALUE can not be converted to an Integer/);
    const daemon = (drainPercent: unknown): unknown =>
      validate('UpdateDaemon', {
        daemonArn: 'a',
        daemonTaskDefinitionArn: 'b',
        capacityProviderArns: ['c'],
        deploymentConfiguration: { drainPercent },
      });
    expect(daemon(12.5)).toMatchObject({ deploymentConfiguration: { drainPercent: 12.5 } });
  });

  it('does not change its input', () => {
    const input = Object.freeze({ cluster: null, tasks: Object.freeze(['a']) });
    expect(validate('DescribeTasks', input)).toEqual({ tasks: ['a'] });
  });
});

describe('responseBody', () => {
  it('writes times as epoch seconds and drops what the API does not know', () => {
    const output = {
      tasks: [
        { taskArn: 'a', createdAt: new Date(1_700_000_000_123), ownerWorkflowId: 'x', startedAt: undefined, tags: [] },
      ],
      failures: [],
      secret: true,
    };
    expect(responseBody(shapes('DescribeTasks').output, output)).toEqual({
      tasks: [{ taskArn: 'a', createdAt: 1_700_000_000.123, tags: [] }],
      failures: [],
    });
  });
});
