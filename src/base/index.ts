export { AssertionFailure, assert, unreachable } from './assert.ts';
export { type BackoffOptions, backoffMs } from './backoff.ts';
export { type Clock, ManualClock, sleep, type Timer } from './clock.ts';
export { Fault, messageOf } from './fault.ts';
export { Ids } from './ids.ts';
export { KeyQueue } from './key-queue.ts';
export { type LogFields, type Logger, silentLogger } from './log.ts';
export { integerBelow, type Random, SeededRandom } from './random.ts';
export { afterMs, earliest, elapsedMs, type Instant, instantFromMs, msFromInstant } from './time.ts';
