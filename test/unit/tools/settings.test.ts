/** Reading of settings from the environment. */
import { hostname } from 'node:os';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings, SetupError } from '../../../tools/settings.ts';

const refusal = (env: Record<string, string>): string => {
  try {
    readSettings(env);
  } catch (error) {
    expect(error).toBeInstanceOf(SetupError);
    return (error as SetupError).message;
  }
  throw new Error('accepted');
};

describe('readSettings', () => {
  it('has a default for everything', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({
      dataDir: join(homedir(), '.longshore'),
      host: '127.0.0.1',
      port: 7878,
      partition: { account: '123456789012', region: 'us-east-1' },
      clusterName: 'default',
      availabilityZone: 'us-east-1a',
      embeddedPorts: { temporal: 7879, temporalUi: 7880, postgres: 7881 },
      instancePolicy: { heartbeatTimeoutMs: 15_000, giveUpAfterMs: 60_000, fencing: false },
      stoppedTaskRetentionMs: 7 * 24 * 3_600_000,
      eventRetentionMs: 7 * 24 * 3_600_000,
      decisionRetentionMs: 30 * 24 * 3_600_000,
      auditRetentionMs: 90 * 24 * 3_600_000,
      taskCleanupWaitMs: 3 * 3_600_000,
      keptContainers: { perFamily: 10, inAll: 100 },
      logLevel: 'info',
    });
    expect(settings.temporal).toBeUndefined();
    expect(settings.databaseUrl).toBeUndefined();
  });

  it('derives the zone from the region and treats an empty variable as unset', () => {
    expect(readSettings({ LONGSHORE_REGION: 'eu-west-1', LONGSHORE_PORT: '' })).toMatchObject({
      availabilityZone: 'eu-west-1a',
      port: 7878,
    });
  });

  it.each([
    ['90', 90_000],
    ['1500ms', 1_500],
    ['2.5s', 2_500],
    ['15m', 900_000],
    ['3h', 10_800_000],
    ['1d', 86_400_000],
  ])('reads the duration %s', (text, ms) => {
    expect(readSettings({ LONGSHORE_INSTANCE_LOST_AFTER: text }).instancePolicy.giveUpAfterMs).toBe(ms);
  });

  it.each([
    [{ LONGSHORE_INSTANCE_LOST_AFTER: '1s' }, 5_000],
    [{ LONGSHORE_INSTANCE_LOST_AFTER: '10s' }, 5_000],
    [{ LONGSHORE_INSTANCE_LOST_AFTER: '20s' }, 10_000],
    [{ LONGSHORE_INSTANCE_LOST_AFTER: '30s' }, 15_000],
    [{ LONGSHORE_INSTANCE_LOST_AFTER: '30d' }, 15_000],
    [{ LONGSHORE_INSTANCE_LOST_AFTER: '10s', LONGSHORE_HEARTBEAT_TIMEOUT: '60s' }, 60_000],
  ])('with %j, heartbeats are missed after %i ms', (env, ms) => {
    expect(readSettings(env).instancePolicy.heartbeatTimeoutMs).toBe(ms);
  });

  it.each([
    [{ LONGSHORE_HOST: 'longshore.example' }, /LONGSHORE_HOST must be an IP address of this machine/],
    [{ LONGSHORE_HOST: '0.0.0.0', LONGSHORE_AUTH: 'loopback' }, /LONGSHORE_AUTH=loopback takes any caller/],
    [{ LONGSHORE_AUTH: 'none' }, /LONGSHORE_AUTH must be loopback or required/],
    [{ LONGSHORE_TLS_CERT_PATH: '/cert.pem' }, /LONGSHORE_TLS_CERT_PATH and LONGSHORE_TLS_KEY_PATH together/],
    [
      { LONGSHORE_TLS: 'off', LONGSHORE_TLS_CERT_PATH: '/c', LONGSHORE_TLS_KEY_PATH: '/k' },
      /LONGSHORE_TLS=off contradicts/,
    ],
    [{ LONGSHORE_TLS_NAMES: 'a b' }, /LONGSHORE_TLS_NAMES must be a list of host names/],
    [{ LONGSHORE_MASTER_KEY: 'short' }, /LONGSHORE_MASTER_KEY must be 32 bytes[^"]*$/],
    [{ LONGSHORE_MASTER_KEY_PREVIOUS: `${'a'.repeat(64)},short` }, /LONGSHORE_MASTER_KEY_PREVIOUS each of them[^"]*$/],
    [{ LONGSHORE_MASTER_KEY: 'a'.repeat(64), LONGSHORE_MASTER_KEY_COMMAND: 'true' }, /not both/],
    [{ LONGSHORE_PORT: '70000' }, /LONGSHORE_PORT must be between 1 and 65535 \(it is "70000"\)/],
    [{ LONGSHORE_AGENT_DOOR: 'maybe' }, /LONGSHORE_AGENT_DOOR must be on or off/],
    [{ LONGSHORE_AGENT_HOST: 'door.example' }, /LONGSHORE_AGENT_HOST must be an IP address of this machine/],
    [{ LONGSHORE_AGENT_ADDRESS: 'door.example' }, /LONGSHORE_AGENT_ADDRESS must be host:port/],
    [{ LONGSHORE_AGENT_ADDRESS: 'https://door.example:7882' }, /LONGSHORE_AGENT_ADDRESS must be host:port/],
    [{ LONGSHORE_AGENT_ADDRESS: 'door.example:70000' }, /LONGSHORE_AGENT_ADDRESS must be host:port/],
    [{ LONGSHORE_FARGATE_RUNTIME: 'a b' }, /LONGSHORE_FARGATE_RUNTIME must be the name of a runtime/],
    [{ LONGSHORE_TASK_GUARDS: 'yes' }, /LONGSHORE_TASK_GUARDS must be on, off, or the absolute path of a file/],
    [{ LONGSHORE_TASK_GUARDS: '/nowhere/guards.yaml' }, /LONGSHORE_TASK_GUARDS must name a file .* ENOENT/],
    [{ LONGSHORE_API_RATES: 'fast' }, /LONGSHORE_API_RATES must be off, ecs, or a number such as 2 or 0\.5/],
    [{ LONGSHORE_API_RATES: '0' }, /LONGSHORE_API_RATES must be off, or above 0/],
    [{ LONGSHORE_WEBHOOK_ALLOW: '10.0.0.0/8,home' }, /LONGSHORE_WEBHOOK_ALLOW must be a list of addresses and subnets/],
    [{ LONGSHORE_WEBHOOK_ALLOW: '10.0.0.0/40' }, /LONGSHORE_WEBHOOK_ALLOW must be a list of addresses and subnets/],
    [{ LONGSHORE_ACCOUNT: '1234' }, /LONGSHORE_ACCOUNT must be an AWS account id: 12 digits/],
    [{ LONGSHORE_INSTANCE_LOST_AFTER: 'soon' }, /LONGSHORE_INSTANCE_LOST_AFTER must be a duration/],
    [{ LONGSHORE_FENCING: 'yes' }, /LONGSHORE_FENCING must be on or off/],
    [
      { LONGSHORE_FENCING: 'on', LONGSHORE_INSTANCE_LOST_AFTER: '9s' },
      /LONGSHORE_FENCING=on needs LONGSHORE_INSTANCE_LOST_AFTER of at least 10s/,
    ],
    [{ LONGSHORE_STOPPED_TASK_RETENTION: '59m' }, /must be between 1h and 365d/],
    [{ LONGSHORE_AUDIT_RETENTION: '59m' }, /must be 0 or between 1h and 3650d/],
    [{ DOCKER_HOST: 'ssh://host' }, /DOCKER_HOST must be unix:\/\/\/path or tcp:\/\/host:port/],
    [{ TEMPORAL_ADDRESS: 'https://x' }, /TEMPORAL_ADDRESS must be host:port/],
    [{ TEMPORAL_UI_ADDRESS: 'temporal-ui' }, /TEMPORAL_UI_ADDRESS must be host:port/],
    [{ TEMPORAL_TLS_CLIENT_CERT_PATH: '/nowhere' }, /must name a file that can be read/],
    [{ LONGSHORE_INSTANCE_ATTRIBUTES: 'a b=c' }, /must be a list such as rack=a,disk=ssd/],
  ])('refuses %j with one line', (env, message) => {
    expect(refusal(env as Record<string, string>)).toMatch(message);
  });

  it.each([
    [{}, { host: '127.0.0.1', auth: 'loopback', tls: { kind: 'off' } }],
    [{ LONGSHORE_AUTH: 'required' }, { auth: 'required', tls: { kind: 'off' } }],
    [{ LONGSHORE_TLS: 'on' }, { auth: 'loopback', tls: { kind: 'own', names: [] } }],
    [{ LONGSHORE_HOST: '0.0.0.0' }, { auth: 'required', tls: { kind: 'own', names: [] } }],
    [
      { LONGSHORE_HOST: '::', LONGSHORE_TLS: 'off' },
      { auth: 'required', tls: { kind: 'off' } },
    ],
    [
      { LONGSHORE_HOST: '10.0.0.5', LONGSHORE_TLS_NAMES: 'a.example,10.0.0.6' },
      { auth: 'required', tls: { kind: 'own', names: ['a.example', '10.0.0.6'] } },
    ],
    [
      { LONGSHORE_HOST: '10.0.0.5', LONGSHORE_TLS_CERT_PATH: '/c', LONGSHORE_TLS_KEY_PATH: '/k' },
      { auth: 'required', tls: { kind: 'files', certificatePath: '/c', keyPath: '/k' } },
    ],
  ])('derives from %j who may call, and how', (env, access) => {
    expect(readSettings(env as Record<string, string>)).toMatchObject(access);
  });

  it.each([
    [{}, { isOn: false, host: '127.0.0.1', port: 7882, advertised: '127.0.0.1:7882' }],
    [{ LONGSHORE_AGENT_DOOR: 'on' }, { isOn: true, host: '127.0.0.1' }],
    [{ LONGSHORE_HOST: '10.0.0.5' }, { isOn: true, host: '10.0.0.5', advertised: '10.0.0.5:7882' }],
    [{ LONGSHORE_HOST: '10.0.0.5', LONGSHORE_AGENT_DOOR: 'off' }, { isOn: false }],
    [{ LONGSHORE_HOST: '0.0.0.0' }, { isOn: true, host: '0.0.0.0', advertised: `${hostname()}:7882` }],
    [
      { LONGSHORE_AGENT_HOST: 'fd00::1', LONGSHORE_AGENT_PORT: '99' },
      { isOn: true, host: 'fd00::1', port: 99, advertised: '[fd00::1]:99' },
    ],
    [{ LONGSHORE_AGENT_ADDRESS: 'door.example:443' }, { isOn: false, advertised: 'door.example:443' }],
  ])('derives from %j where the agent door is', (env, agentDoor) => {
    expect(readSettings(env as Record<string, string>).agentDoor).toMatchObject(agentDoor);
  });

  it('takes 0 for an audit that is off', () => {
    expect(readSettings({ LONGSHORE_AUDIT_RETENTION: '0' }).auditRetentionMs).toBe(0);
  });

  it('names all bad values at once, and never a password', () => {
    const message = refusal({ LONGSHORE_PORT: 'x', LONGSHORE_REGION: 'mars', DATABASE_URL: 'mysql://me:secret@h/db' });
    expect(message.split('\n')).toHaveLength(4);
    expect(message).not.toContain('secret');
  });

  it('reads attributes with and without values', () => {
    const { attributes } = readSettings({ LONGSHORE_INSTANCE_ATTRIBUTES: 'rack=a, ssd, tier=x=y' });
    expect(attributes).toEqual([{ name: 'rack', value: 'a' }, { name: 'ssd' }, { name: 'tier', value: 'x=y' }]);
  });

  it('reads how many calls the API takes: on loopback as many as come, elsewhere ECS’s', () => {
    const rates = (text: string) => readSettings({ LONGSHORE_API_RATES: text }).apiRates;
    expect(['off', 'ecs', '2', '0.5'].map(rates)).toEqual([0, 1, 2, 0.5]);
    expect(readSettings({}).apiRates).toBe(0);
    expect(readSettings({ LONGSHORE_HOST: '0.0.0.0' }).apiRates).toBe(1);
  });

  it('reads where webhooks may go: to this machine itself by default, as the API is on loopback', () => {
    expect(readSettings({}).webhookAddresses).toEqual({ loopback: true, allowed: [] });
    const allowed = ['169.254.1.1', '10.0.0.0/8', 'fd00::/8', '::1'];
    const { webhookAddresses } = readSettings({ LONGSHORE_WEBHOOK_ALLOW: allowed.join(', ') });
    expect(webhookAddresses).toEqual({ loopback: true, allowed });
  });

  it('reads the address of the operator’s own Temporal UI', () => {
    expect(readSettings({ TEMPORAL_UI_ADDRESS: '127.0.0.1:8080' }).temporalUi).toEqual({
      host: '127.0.0.1',
      port: 8080,
    });
    expect(readSettings({ TEMPORAL_UI_ADDRESS: '[::1]:8080' }).temporalUi).toEqual({ host: '::1', port: 8080 });
    expect(readSettings({}).temporalUi).toBeUndefined();
  });

  it('reads the connection to the operator’s own Temporal, with TLS if there is a certificate or key', () => {
    const folder = mkdtempSync(join(tmpdir(), 'longshore-settings-'));
    writeFileSync(join(folder, 'cert.pem'), 'CERT');
    writeFileSync(join(folder, 'key.pem'), 'KEY');
    const plain = readSettings({ TEMPORAL_ADDRESS: 'temporal:7233' }).temporal;
    expect(plain).toEqual({ address: 'temporal:7233', namespace: 'default' });
    const certificate = { TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'cert.pem') };
    expect(
      readSettings({
        ...certificate,
        TEMPORAL_ADDRESS: 'temporal:7233',
        TEMPORAL_NAMESPACE: 'prod',
        TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'key.pem'),
      }).temporal,
    ).toEqual({
      address: 'temporal:7233',
      namespace: 'prod',
      tls: { clientCertificate: { certificatePem: 'CERT', keyPem: 'KEY' } },
    });
    expect(refusal({ ...certificate, TEMPORAL_ADDRESS: 'temporal:7233' })).toMatch(/together, or neither/);
  });
});
