import { describe, expect, it } from 'vitest';
import { checkFile, checkLayers, importsOf, roomOf } from './layers.ts';

const faces = { '#base': 'src/base/index.ts', '#store': 'src/store/index.ts', '#api': 'src/api/index.ts' };
const problems = (path: string, text: string): string[] => checkFile({ path, text }, faces);

describe('the layer check', () => {
  it('sees every kind of import', () => {
    const text = [
      "import { a } from './a.ts';",
      "import type { B } from 'b';",
      "export { c } from './c.ts';",
      "import {\n  d,\n  e,\n} from '#base';",
      "const f = await import('node:fs');",
      "import './side-effect.ts';",
    ].join('\n');
    expect(importsOf(text).map((each) => each.specifier)).toEqual([
      './a.ts',
      'b',
      './c.ts',
      '#base',
      'node:fs',
      './side-effect.ts',
    ]);
    expect(importsOf(text).filter((each) => each.typeOnly)).toHaveLength(1);
  });

  it('knows the innermost room', () => {
    expect(roomOf('src/store/backends/memory.ts')?.path).toBe('src/store/backends');
    expect(roomOf('src/nowhere/x.ts')).toBeUndefined();
  });

  it.each([
    ['upwards', 'src/store/x.ts', "import { createApi } from '#api';", /src\/store may not import src\/api/],
    ['past a face', 'src/api/x.ts', "import { State } from '../store/state.ts';", /come in by its face/],
    [
      'a disk where there is none',
      'src/model/x.ts',
      "import { readFileSync } from 'node:fs';",
      /a Node\.js module this room may not use/,
    ],
    [
      'a package of another room',
      'src/api/x.ts',
      "import { WebSocket } from 'ws';",
      /a package this room may not load/,
    ],
    [
      'another loop',
      'src/controllers/service/x.ts',
      "import { y } from '../reaper/y.ts';",
      /a loop never calls another loop/,
    ],
    ['another service', 'src/api/ecs/x.ts', "import { y } from '../roadstead/y.ts';", /another service's folder/],
    ['a face that is none', 'src/api/x.ts', "import { y } from '#nothing';", /no such face/],
    ['from no room', 'src/nowhere/x.ts', '', /no room/],
  ])('refuses an import %s', (_, path, text, message) => {
    expect(problems(path, text)).toEqual([expect.stringMatching(message)]);
  });

  it.each([
    ['downwards by the face', 'src/api/x.ts', "import { openStore } from '#store';"],
    ['within a room', 'src/store/x.ts', "import { State } from './state.ts';"],
    ['types of a package', 'src/model/x.ts', "import type { Task } from '@aws-sdk/client-ecs';"],
    ['a disk where it belongs', 'src/store/backends/x.ts', "import { readFileSync } from 'node:fs';"],
  ])('allows %s', (_, path, text) => {
    expect(problems(path, text)).toEqual([]);
  });

  it('sees the whole of src', () => {
    const result = checkLayers(faces);
    expect(result.seen).toBeGreaterThan(result.atLeast);
  });
});
