/** ECS itself: AWS JSON 1.1 on `POST /`; REST under /v1 runs the same operations. */
import { type Door, operationsByName } from '../door.ts';
import { accessOf } from './access/index.ts';
import { ecsCatalogue } from './catalogue.ts';
import { ecsAccess } from './door-access.ts';
import { operations } from './operations/index.ts';
import { ecsShapeRefusals } from './shape-refusals.ts';

export const ecsDoor: Door = {
  service: 'ecs',
  protocol: { kind: 'json', version: '1.1', targetPrefix: 'AmazonEC2ContainerServiceV20141113.' },
  catalogue: ecsCatalogue,
  operations: operationsByName(operations),
  refusals: ecsShapeRefusals,
  access: ecsAccess,
  named: accessOf,
};
