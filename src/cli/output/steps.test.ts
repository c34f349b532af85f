import { describe, expect, test } from 'vitest';
import { instantFromMs, ManualClock } from '#base';
import { createSteps, type StepsOptions } from './steps.ts';
import { createStyle } from './style.ts';

function start(mode: StepsOptions['mode']) {
  const clock = new ManualClock(instantFromMs(0));
  const written: string[] = [];
  const style = createStyle({ colour: false, utf8: true });
  const steps = createSteps({ mode, style }, { clock, write: (text) => void written.push(text) });
  return { clock, written, steps };
}

describe('plain progress', () => {
  test('one line when a step ends, with what it said last and its time', async () => {
    const { clock, written, steps } = start('plain');
    const value = await steps.run('docker', async (say) => {
      say('first');
      say('Engine 20.10');
      clock.advanceMs(1_200);
      return 7;
    });
    expect(value).toBe(7);
    expect(written).toEqual(['  ✓ docker           Engine 20.10  1.2s\n']);
    expect(clock.nextTimerAt()).toBeUndefined();
  });

  test('a slow step shows signs of life, each on a line of its own', async () => {
    const { clock, written, steps } = start('plain');
    await steps.run('packages', async (say) => {
      say('docker.io');
      clock.advanceMs(21_000);
    });
    expect(written).toEqual([
      '  ◐ packages         docker.io  5.0s\n',
      '  ◐ packages         docker.io  20s\n',
      '  ✓ packages         docker.io  21s\n',
    ]);
  });

  test('a failure is shown with its first line and thrown on', async () => {
    const { written, steps } = start('plain');
    const failing = steps.run('image', () => Promise.reject(new Error('no such thing\nmore')));
    await expect(failing).rejects.toThrow('no such thing');
    expect(written).toEqual(['  ✗ image            no such thing  0.0s\n']);
  });
});

test('on a terminal one line is kept up to date', async () => {
  const { clock, written, steps } = start('tty');
  await steps.run('tasks', async (say) => {
    say('1/3 running');
    clock.advanceMs(300);
    say('3/3 running');
  });
  expect(written.every((text) => text.startsWith('\r\u001b[2K'))).toBe(true);
  expect(written.slice(0, -1).every((text) => !text.includes('\n'))).toBe(true);
  expect(written.at(-1)).toBe('\r\u001b[2K  ✓ tasks            3/3 running  0.3s\n');
});

test('json progress is one object a line', async () => {
  const { clock, written, steps } = start('json');
  await steps.run('tasks', async (say) => {
    say('3/3 running');
    clock.advanceMs(2_500);
  });
  await steps.run('image', () => Promise.reject(new Error('broken'))).catch(() => undefined);
  expect(written.map((line): unknown => JSON.parse(line))).toEqual([
    { step: 'tasks', status: 'started' },
    { step: 'tasks', status: 'done', detail: '3/3 running', seconds: 2.5 },
    { step: 'image', status: 'started' },
    { step: 'image', status: 'failed', detail: 'broken', seconds: 0 },
  ]);
});
