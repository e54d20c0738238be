/** The operations of Systems Manager that Longshore answers: those of Parameter Store. */
import type { Operation } from '../../operation.ts';
import { deleteParameter, deleteParameters } from './delete.ts';
import { describeParameters } from './describe.ts';
import { getParameter, getParameterHistory, getParameters, getParametersByPath } from './get.ts';
import { labelParameterVersion, unlabelParameterVersion } from './labels.ts';
import { putParameter } from './put.ts';
import { addTags, listTags, removeTags } from './tags.ts';

export const operations: readonly Operation[] = [
  addTags,
  deleteParameter,
  deleteParameters,
  describeParameters,
  getParameter,
  getParameterHistory,
  getParameters,
  getParametersByPath,
  labelParameterVersion,
  listTags,
  putParameter,
  removeTags,
  unlabelParameterVersion,
];
