import { describe, expect, test } from 'vitest';
import {
  fargateTaskSizes,
  isFargateSize,
  normaliseTaskCpu,
  normaliseTaskMemory,
  parseTaskCpu,
  parseTaskMemory,
} from './size.ts';

describe('cpu as text', () => {
  test.each([
    ['1024', 1024],
    [' 256 ', 256],
    ['1 vCPU', 1024],
    ['1vcpu', 1024],
    ['2 VCPU', 2048],
    ['.5 vCPU', 512],
    ['0.25 vcpu', 256],
    ['1.1 vCPU', 1126],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1 GB', undefined],
    ['. vCPU', undefined],
    ['1e3', undefined],
  ])('%j is %s CPU units', (text, cpuUnits) => {
    expect(parseTaskCpu(text)).toBe(cpuUnits);
  });
});

describe('memory as text', () => {
  test.each([
    ['2048', 2048],
    ['2GB', 2048],
    ['2 gb', 2048],
    ['0.5 GB', 512],
    ['1 TB', undefined],
    ['1 vCPU', undefined],
    ['lots', undefined],
  ])('%j is %s MiB', (text, memoryMiB) => {
    expect(parseTaskMemory(text)).toBe(memoryMiB);
  });
});

test('sizes are stored as decimal text', () => {
  expect(normaliseTaskCpu('1 vCPU')).toBe('1024');
  expect(normaliseTaskMemory('0.5 GB')).toBe('512');
});

test.each([
  [() => normaliseTaskCpu('64'), "Invalid 'cpu' setting for task."],
  [() => normaliseTaskMemory('0'), "Invalid 'memory' setting for task."],
])('a size of a request that is none is refused', (normalise, message) => {
  expect(normalise).toThrow(expect.objectContaining({ code: 'InvalidParameterException', message }));
});

describe('the Fargate table', () => {
  test('has 74 sizes', () => {
    expect(fargateTaskSizes()).toHaveLength(74 + 3);
    for (const { cpuUnits, memoryMiB } of fargateTaskSizes()) {
      expect(isFargateSize(cpuUnits, memoryMiB)).toBe(cpuUnits <= 16_384);
    }
  });

  test.each([
    [256, 512, true],
    [256, 1536, false],
    [512, 512, false],
    [4096, 30_720, true],
    [4096, 31_744, false],
    [8192, 20_480, true],
    [8192, 17_408, false],
    [16_384, 122_880, true],
    [128, 512, false],
    [32_768, 61_440, false],
  ])('%i CPU units with %i MiB: %s', (cpuUnits, memoryMiB, exists) => {
    expect(isFargateSize(cpuUnits, memoryMiB)).toBe(exists);
  });

  test('32 vCPU can be turned on', () => {
    expect(isFargateSize(32_768, 249_856, { mostVcpus: 32 })).toBe(true);
    expect(isFargateSize(32_768, 65_536, { mostVcpus: 32 })).toBe(false);
  });

  test('Windows has the rows from 1 to 4 vCPU', () => {
    const rows = fargateTaskSizes().filter(({ cpuUnits, memoryMiB }) =>
      isFargateSize(cpuUnits, memoryMiB, { windows: true }),
    );
    expect(new Set(rows.map(({ cpuUnits }) => cpuUnits))).toEqual(new Set([1024, 2048, 4096]));
  });
});
