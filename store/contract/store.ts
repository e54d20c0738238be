/**
 * The store as the rest of Longshore sees it. The folders of store/ implement it over Postgres, with one file for each
 * resource; `openStore` in store/index.ts combines them. Refusals are EcsErrors; any other error comes from the
 * database.
 *
 * The API writes clusters, task definitions, attributes, tags, account settings, IAM's users, groups, roles and policies,
 * secrets, parameters, and the audit.
 * Tasks, services, events and instances are projections that the owners' activities write; every such write has a version.
 */
import type { AccessKeyStore } from './access-keys.ts';
import type { AccountSettingStore } from './account-settings.ts';
import type { AgentStore } from './agents.ts';
import type { AuditStore } from './audit.ts';
import type { CapacityStore, ZoneStore } from './capacity.ts';
import type { CapacityProviderStore, ClusterStore } from './clusters.ts';
import type { DecisionStore } from './decisions.ts';
import type { EventStore, WebhookStore } from './events.ts';
import type { IamStore } from './iam.ts';
import type { InstanceStore } from './instances.ts';
import type { OwnerStore } from './owners.ts';
import type { SealedStore } from './sealed.ts';
import type { ParameterStore, SecretStore } from './secrets.ts';
import type { ServiceHistoryStore, ServiceStore } from './services.ts';
import type { TagStore } from './tags.ts';
import type { TaskDefinitionStore } from './task-definitions.ts';
import type { TaskStore } from './tasks.ts';

export interface Store
  extends
    ClusterStore,
    CapacityProviderStore,
    TaskDefinitionStore,
    TaskStore,
    ServiceStore,
    ServiceHistoryStore,
    InstanceStore,
    TagStore,
    AccountSettingStore,
    CapacityStore,
    DecisionStore,
    OwnerStore,
    EventStore,
    ZoneStore,
    WebhookStore,
    AccessKeyStore,
    AgentStore,
    AuditStore,
    IamStore,
    SecretStore,
    ParameterStore,
    SealedStore {
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
