import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterMs, type Instant } from '#base';
import type { AutoScalingGroupProvider, ContainerInstanceArn } from '#model';
import { start } from '../test-support/records.ts';
import { decideScaling, freshMemory, type ScalingDecision, type ScalingMemory } from './scaling.ts';

const perInstance = 4;

interface Machine {
  readonly arn: ContainerInstanceArn;
  readonly registeredAt: Instant;
  tasks: number;
  protected: boolean;
  endingSince?: Instant;
}

/** A group that launches within a few minutes and ends what is not protected, and tasks that wait for its machines. */
class SimulatedGroup {
  now = start;
  desired = 0;
  waiting = 0;
  memory: ScalingMemory = freshMemory;
  readonly machines: Machine[] = [];
  readonly #provider: AutoScalingGroupProvider;
  readonly #launchMinutes: number;
  #made = 0;
  readonly #launching: Instant[] = [];

  constructor(provider: AutoScalingGroupProvider, launchMinutes: number) {
    this.#provider = provider;
    this.#launchMinutes = launchMinutes;
  }

  get running(): number {
    return this.machines.reduce((sum, { tasks }) => sum + tasks, 0);
  }

  /** A minute: tasks come and go, a look is taken, the group does as it is told. */
  minute(come: number, go: number): ScalingDecision {
    this.now = afterMs(this.now, 60_000);
    this.waiting += come;
    for (let left = go; left > 0; left--) {
      const busy = this.machines.find(({ tasks }) => tasks > 0);
      if (busy !== undefined) busy.tasks -= 1;
    }
    this.#launch();
    for (const machine of this.machines) {
      if (machine.endingSince !== undefined) continue;
      const taken = Math.min(this.waiting, perInstance - machine.tasks);
      machine.tasks += taken;
      this.waiting -= taken;
    }
    const decision = this.#decide();
    this.memory = decision.memory;
    this.#obey(decision);
    return decision;
  }

  #decide(): ScalingDecision {
    return decideScaling(
      {
        provider: this.#provider,
        group: { desiredCapacity: this.desired, minSize: 0, maxSize: 1000, launches: true },
        instances: this.machines.map((machine) => ({
          arn: machine.arn,
          registeredAt: machine.registeredAt,
          cpuUnits: perInstance,
          memoryMiB: 1000,
          gpuCount: 0,
          interfaces: Number.POSITIVE_INFINITY,
          busy: machine.tasks > 0,
          draining: machine.endingSince !== undefined,
          protectedFromScaleIn: machine.protected,
          ...(machine.endingSince === undefined ? {} : { endingSince: machine.endingSince }),
        })),
        waiting:
          this.waiting === 0
            ? []
            : [{ count: this.waiting, cpuUnits: 1, memoryMiB: 1, gpuCount: 0, interfaces: 0, alone: false }],
      },
      this.memory,
      this.now,
    );
  }

  #obey(decision: ScalingDecision): void {
    const named = (arns: readonly string[]): Machine[] => this.machines.filter(({ arn }) => arns.includes(arn));
    for (const machine of named(decision.protect)) machine.protected = true;
    for (const machine of named(decision.release)) machine.protected = false;
    for (const machine of named(decision.letGo)) this.machines.splice(this.machines.indexOf(machine), 1);
    this.desired = decision.desiredCapacity;
    const staying = this.machines.filter(({ endingSince }) => endingSince === undefined);
    const surplus = staying.length + this.#launching.length - this.desired;
    for (const machine of staying.filter((each) => !each.protected).slice(0, Math.max(0, surplus))) {
      machine.endingSince = this.now;
    }
    for (let missing = -surplus; missing > 0; missing--) {
      this.#launching.push(afterMs(this.now, this.#launchMinutes * 60_000));
    }
  }

  #launch(): void {
    for (const at of this.#launching.splice(0)) {
      if (at > this.now) this.#launching.push(at);
      else {
        this.machines.push({
          arn: `i${this.#made++}` as ContainerInstanceArn,
          registeredAt: this.now,
          tasks: 0,
          protected: false,
        });
      }
    }
  }
}

const providers = fc
  .record({
    targetCapacity: fc.integer({ min: 50, max: 100 }),
    minimumScalingStepSize: fc.integer({ min: 1, max: 3 }),
    maximumScalingStepSize: fc.integer({ min: 3, max: 20 }),
    instanceWarmupPeriod: fc.integer({ min: 0, max: 600 }),
    managedTerminationProtection: fc.constantFrom('ENABLED', 'DISABLED'),
    managedDraining: fc.constantFrom('ENABLED', 'DISABLED'),
  })
  .map(
    ({ managedTerminationProtection, managedDraining, ...scaling }): AutoScalingGroupProvider => ({
      autoScalingGroupArn: 'a',
      autoScalingGroupName: 'a',
      managedTerminationProtection,
      managedDraining,
      managedScaling: { status: 'ENABLED', ...scaling },
    }),
  );
const traffic = fc.array(fc.record({ come: fc.nat(12), go: fc.nat(12) }), { maxLength: 60 });

test('every waiting task finds room in the end, and empty machines go', () => {
  fc.assert(
    fc.property(providers, fc.integer({ min: 0, max: 5 }), traffic, (provider, launchMinutes, load) => {
      const group = new SimulatedGroup(provider, launchMinutes);
      for (const { come, go } of load) group.minute(come, go);
      for (let minute = 0; minute < 600; minute++) group.minute(0, 0);
      expect(group.waiting).toBe(0);
      const { targetCapacity } = provider.managedScaling;
      const busy = group.machines.filter(({ tasks }) => tasks > 0).length;
      expect(group.machines.length).toBeLessThanOrEqual(Math.ceil((busy * 100) / targetCapacity));
    }),
    { numRuns: 60 },
  );
});

test('steps keep within their bounds, half of the group stays, and protected machines with tasks are never ended', () => {
  fc.assert(
    fc.property(providers, fc.integer({ min: 0, max: 5 }), traffic, (provider, launchMinutes, load) => {
      const group = new SimulatedGroup(provider, launchMinutes);
      const { maximumScalingStepSize, targetCapacity } = provider.managedScaling;
      for (const { come, go } of [...load, ...Array.from({ length: 40 }, () => ({ come: 0, go: 0 }))]) {
        const before = group.desired;
        const { reservation, desiredCapacity } = group.minute(come, go);
        const most = Math.ceil((Math.max(2, reservation.instances + maximumScalingStepSize) * 100) / targetCapacity);
        expect(desiredCapacity).toBeLessThanOrEqual(Math.max(before, most));
        if (desiredCapacity < before) {
          expect(desiredCapacity).toBeGreaterThanOrEqual(Math.floor(reservation.instances / 2));
        }
        if (provider.managedTerminationProtection === 'ENABLED') {
          for (const machine of group.machines) {
            if (machine.endingSince !== undefined) expect(machine.tasks).toBe(0);
          }
        }
      }
    }),
    { numRuns: 60 },
  );
});
