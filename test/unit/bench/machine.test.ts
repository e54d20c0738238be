/** Shares of CPU time, and the memory of a process. */
import { describe, expect, it } from 'vitest';
import { cpuShares } from '../../../bench/cpu-shares.ts';
import { proportionalMegabytes } from '../../../bench/idle-memory.ts';

const stat = (fields: string): string => `cpu  ${fields}\ncpu0 1 2 3 4 5 6 7 8 9 10\nctxt 1\n`;

describe('shares of CPU time', () => {
  it('cover the time between two readings, without guests, which count as users already', () => {
    const shares = cpuShares(stat('100 0 100 1000 50 0 0 10 5 0'), stat('110 2 105 1060 60 1 2 20 9 0'));
    expect(shares).toEqual({ busy: 0.2, stolen: 0.1 });
  });

  it('are 0 if no time has passed', () => {
    const now = stat('100 0 100 1000 50 0 0 10 0 0');
    expect(cpuShares(now, now)).toEqual({ busy: 0, stolen: 0 });
  });
});

describe('the memory of a process', () => {
  it('is its proportional set size, in millions of bytes', () => {
    const rollup = '55e0-7ffd ---p 00000000 00:00 0 [rollup]\nRss: 300000 kB\nPss:  250000 kB\nPss_Dirty: 1 kB\n';
    expect(proportionalMegabytes(rollup)).toBe(256);
  });

  it('is unknown, not 0, if the kernel does not report it', () => {
    expect(() => proportionalMegabytes('Rss: 1 kB\n')).toThrow('no Pss');
  });
});
