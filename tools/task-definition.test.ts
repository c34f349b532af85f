import { describe, expect, test } from 'vitest';
import {
  definitionText,
  type MemberTable,
  memberProblems,
  pathsOf,
  readMembers,
  readShapes,
} from './task-definition.ts';

const shapes = {
  TaskDefinition: { kind: 'structure', members: { family: 0, containerDefinitions: 'Containers', volumes: 'Volumes' } },
  Containers: { kind: 'list', member: 'ContainerDefinition' },
  ContainerDefinition: { kind: 'structure', members: { name: 0 } },
  Volumes: { kind: 'list', member: 'Volume' },
  Volume: { kind: 'structure', members: { name: 0, host: 'Host' } },
  Host: { kind: 'structure', members: { sourcePath: 0 } },
};
const good: MemberTable = {
  TaskDefinition: {
    family: { gap: 'a name' },
    containerDefinitions: { gap: 'below' },
    volumes: { test: 'test/e2e/a.test.ts: mounts' },
    'volumes.host': { gap: 'not yet: no hosts' },
  },
  ContainerDefinition: { name: { test: 'b.test.ts: says "it"' } },
};
const files: Record<string, string> = {
  'test/e2e/a.test.ts': "test('mounts', () => {});",
  'b.test.ts': 'test(\'says \\"it\\"\', () => {});',
};
const problems = (table: MemberTable): string[] => memberProblems(table, shapes, (file) => files[file]);

describe('the table of members', () => {
  test('goes into structures and lists of them, and not into containers', () => {
    const volumes = ['volumes', 'volumes.name', 'volumes.host', 'volumes.host.sourcePath'];
    expect(pathsOf(shapes, 'TaskDefinition')).toEqual(['family', 'containerDefinitions', ...volumes]);
  });

  test('is whole when each member, or what it is in, has a test or a reason', () => {
    expect(problems(good)).toEqual([]);
  });

  test('a member that was forgotten is found, one that is none as well', () => {
    const { family: _family, ...rest } = good['TaskDefinition']!;
    expect(problems({ ...good, TaskDefinition: rest })).toEqual(['TaskDefinition.family: is forgotten']);
    const added = { ...good['ContainerDefinition'], nope: { gap: 'x' } };
    expect(problems({ ...good, ContainerDefinition: added })).toEqual([
      'ContainerDefinition.nope: the model has no such member',
    ]);
  });

  test.each([
    [{}, 'has neither a test nor a reason'],
    [{ gap: 'x', test: 'b.test.ts: y' }, 'has a test and a reason for having none'],
    [{ test: 'c.test.ts: y' }, 'there is no file c.test.ts'],
    [{ test: 'b.test.ts: y' }, "b.test.ts has no test 'y'"],
  ])('%j: %s', (entry, problem) => {
    expect(problems({ ...good, ContainerDefinition: { name: entry } })).toEqual([
      `ContainerDefinition.name: ${problem}`,
    ]);
  });

  test('tells what is seen from inside from what is asked of the engine', () => {
    const text = definitionText(good, shapes);
    expect(text).toContain('| `volumes` | **inside**: [mounts](../../test/e2e/a.test.ts) |  |');
    expect(text).toContain('| `volumes.host` | – | not yet: no hosts |');
    expect(text).not.toContain('volumes.host.sourcePath');
    expect(text).toContain('7, of which 3 are proven by a test');
  });

  test('speaks for every member of the real model', () => {
    expect(pathsOf(readShapes(), 'ContainerDefinition')).toContain('linuxParameters.tmpfs.mountOptions');
    expect(memberProblems(readMembers(), readShapes(), () => undefined).filter((one) => /forgotten/.test(one))).toEqual(
      [],
    );
  });
});
