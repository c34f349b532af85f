export { followRelease, type Release } from './follow.ts';
export { giveUpRelease } from './give-up.ts';
export { planRelease, releaseFinish, roleIn } from './plan.ts';
export { type TrafficShift } from './traffic.ts';
