/** Permissions boundaries of users and roles, such as PutUserPermissionsBoundary. */
import type { EntityKind } from '../../../model/iam/entity.ts';
import type { Operation } from '../../operation.ts';
import { forKinds, type HolderInput, holderIn } from '../rules/holders.ts';

const put = (kind: EntityKind, word: string): Operation<HolderInput & { readonly PermissionsBoundary?: string }> => ({
  name: `Put${word}PermissionsBoundary`,
  effect: 'records',
  async handle(input, { store }) {
    await store.putBoundary(holderIn(kind, input), input.PermissionsBoundary ?? '');
    return {};
  },
});

const remove = (kind: EntityKind, word: string): Operation<HolderInput> => ({
  name: `Delete${word}PermissionsBoundary`,
  effect: 'frees',
  async handle(input, { store }) {
    await store.deleteBoundary(holderIn(kind, input));
    return {};
  },
});

export const boundaries: readonly Operation[] = forKinds(['user', 'role'], (kind, word) => [
  put(kind, word),
  remove(kind, word),
]).flat();
