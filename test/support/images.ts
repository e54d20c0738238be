/** The image that tests run: a static busybox, on any engine, without a registry. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { ensureBusyboxImage } from '../../tools/busybox-image.ts';

export const TEST_IMAGE = 'longshore-test/busybox:latest';

/** Imports TEST_IMAGE into the engine if it is not there. */
export const ensureTestImage = (docker: Docker): Promise<void> =>
  ensureBusyboxImage(docker, TEST_IMAGE, join(tmpdir(), 'longshore-test-logs'));
