/** The table of enum members is written by hand, because only the compiler sees the SDK's types. This test compares both. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ecsCatalogue } from '../../../../api/ecs/catalogue.ts';
import { enumOf } from '../../../../api/ecs/enum-members.ts';
import type { Shape, StructureShape } from '../../../../api/protocol/shapes.ts';

/** The operations check these with their own texts. */
const LEFT_OUT: readonly string[] = [
  'UpdateContainerInstancesStateRequest.status',
  'DeleteAccountSettingRequest.name',
  'ListAccountSettingsRequest.name',
  'PutAccountSettingDefaultRequest.name',
  'PutAccountSettingRequest.name',
];

const models = path.join(
  path.dirname(createRequire(import.meta.url).resolve('@aws-sdk/client-ecs/package.json')),
  'dist-types/models',
);
const read = (file: string): string => readFileSync(path.join(models, file), 'utf8');

function declaredEnums(): Map<string, string> {
  const enums = new Set([...read('enums.d.ts').matchAll(/export declare const (\w+)/g)].map(([, name]) => name!));
  const found = new Map<string, string>();
  for (const [, name, body] of (read('models_0.d.ts') + read('models_1.d.ts')).matchAll(
    /export interface (\w+)[^{]*\{([\s\S]*?)\n\}/g,
  )) {
    for (const [, member, type] of body!.matchAll(/^ {4}(\w+)\??: (\w+)(?:\[\])?(?: \| undefined)?;/gm)) {
      if (enums.has(type!)) found.set(`${name!}.${member!}`, type!);
    }
  }
  return found;
}

function structuresOf(shape: Shape, found = new Map<string, StructureShape>()): Map<string, StructureShape> {
  if (shape.kind === 'list') return structuresOf(shape.element, found);
  if (shape.kind === 'map') return structuresOf(shape.value, found);
  if (shape.kind !== 'structure' || found.has(shape.name)) return found;
  found.set(shape.name, shape);
  for (const member of shape.members) structuresOf(member.shape, found);
  return found;
}

describe('enum members', () => {
  it('are the ones that the SDK declares for requests', () => {
    const requests = new Map(
      ecsCatalogue.names.flatMap((name) => [...structuresOf(ecsCatalogue.shapesOf(name)!.input)]),
    );
    const declared = [...declaredEnums().keys()].filter((member) => requests.has(member.split('.')[0]!));
    expect(declared.length).toBeGreaterThan(100);
    expect(declared.filter((member) => enumOf(member) === undefined).sort()).toEqual([...LEFT_OUT].sort());
  });
});
