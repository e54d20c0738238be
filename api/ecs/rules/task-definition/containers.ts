/** Checks the containers themselves: their number, names and images, and that at least one of them is essential. */
import type { Rule } from './definition.ts';
import { containersOf, duplicates, isEssential, nameOf } from './definition.ts';

const MAX_CONTAINERS = 10;
const NAME = /^[A-Za-z0-9_-]{1,255}$/;
const IMAGE = /^[A-Za-z0-9_\-.:/@#+]+$/;
const DIGEST = /@sha256:[0-9a-f]{64}$/;
const MAX_IMAGE_LENGTH = 255;

export const familyRule: Rule = function* ({ family = '' }) {
  if (family === '') yield 'Family should not be null or empty.';
  else if (!NAME.test(family)) {
    yield `Family '${family}' is invalid. Use 1 to 255 letters, digits, hyphens and underscores.`;
  }
};

export const containersRule: Rule = function* (definition) {
  const containers = containersOf(definition);
  if (containers.length === 0) yield 'Container list cannot be empty.';
  if (containers.length > MAX_CONTAINERS) yield `A task definition can have at most ${MAX_CONTAINERS} containers.`;
  for (const container of containers) {
    const { name = '', image = '' } = container;
    if (name === '') yield 'Container.name should not be null or empty.';
    else if (!NAME.test(name)) yield 'Container.name contains invalid characters';
    if (image === '') yield 'Container.image should not be null or empty.';
    else if (!IMAGE.test(image) || (image.includes('@') && !DIGEST.test(image))) {
      yield 'Container.image contains invalid characters';
    } else if (image.replace(DIGEST, '').length > MAX_IMAGE_LENGTH) {
      yield `Container.image must have at most ${MAX_IMAGE_LENGTH} characters.`;
    }
  }
  for (const name of duplicates(containers.map(nameOf)))
    yield `Container names must be unique: '${name}' appears twice.`;
  if (!containers.some(isEssential)) yield 'At least one container in the task definition must be essential.';
};
