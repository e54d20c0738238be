/** Reads the facts that the plan of a service asks for. */
import type { ServiceFacts, ServiceInput, ServiceNeed } from '../../scheduler/service-owner/inputs.ts';
import { instanceFacts } from '../../scheduler/service-owner/snapshot.ts';
import { joinRooms, zoneRooms, type ZoneRoom } from '../../scheduler/rebalance/zone-room.ts';
import type { Control } from '../owner/control.ts';
import { snapshotRequest } from '../owner/place.ts';

type Rooms = Extract<ServiceNeed, { kind: 'rooms' }>;
type Look = Extract<ServiceNeed, { kind: 'look' }>;

/** A fact for the plan. */
export async function readFact(control: Control, need: Exclude<ServiceNeed, Look>): Promise<ServiceFacts> {
  switch (need.kind) {
    case 'instances': {
      const snapshot = await control.read((activities) => activities.snapshotCapacity(need.request));
      return { instances: instanceFacts(need.request, snapshot) };
    }
    case 'zones': {
      const { clusterName } = need;
      return { zones: await control.read((activities) => activities.listZones({ clusterName })) };
    }
    case 'rooms':
      return { rooms: await readRooms(control, need) };
  }
}

async function readRooms(control: Control, { clusterName, requests, most }: Rooms): Promise<readonly ZoneRoom[]> {
  const groups: (readonly ZoneRoom[])[] = [];
  for (const request of requests) {
    const asked = snapshotRequest(clusterName, request);
    const capacity = await control.read((activities) => activities.snapshotCapacity(asked));
    groups.push(zoneRooms(request, capacity, most));
  }
  return joinRooms(groups);
}

/** A DAEMON service's look at the instances. */
export async function look(control: Control, { request, question }: Look): Promise<ServiceInput> {
  const at = Date.now();
  return {
    kind: 'looked',
    look: await control.read((activities) => activities.lookAtInstances(request)),
    question,
    at,
  };
}
