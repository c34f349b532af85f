import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Spreads the files that wait for each other (`e2e-network`) over those that do not: one after another they take longest,
 * so one of them should always be running, and never two workers wait for a third.
 */
export class LaneSequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const inLine = sorted.filter(({ project }) => project.name === 'e2e-network');
    const free = sorted.filter(({ project }) => project.name === 'e2e').sort((a, b) => rank(a) - rank(b));
    const others = sorted.filter((spec) => !inLine.includes(spec) && !free.includes(spec));
    return [...spread(inLine, free), ...others];
  }
}

/** A fresh checkout knows no durations, and the longest file is a short text. */
function rank({ moduleId }: TestSpecification): number {
  return moduleId.endsWith('/kills.test.ts') ? 0 : 1;
}

/** `few` and `many` in their own order, the members of `few` evenly between those of `many`, one of `few` first. */
function spread<T>(few: readonly T[], many: readonly T[]): T[] {
  const step = many.length / Math.max(few.length, 1);
  return [
    ...few.map((item, index) => ({ item, at: index * step })),
    ...many.map((item, index) => ({ item, at: index + 0.5 })),
  ]
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
