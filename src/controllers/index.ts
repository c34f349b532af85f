export type { Reissue } from './certificates/controller.ts';
export type { RulesHeard } from './code-deploy/controller.ts';
export type { Controller, RecordChange } from './controller.ts';
export type { TaskLoad, TaskLoads } from './express/scaling-controller.ts';
export { type ControllersRun, type LoopCounts, type RunnerDeps, runControllers } from './runner.ts';
export { type AlarmStates } from './service/alarms.ts';
export { type TrafficShift } from './service/stages/index.ts';
export { type ControllerSettings, type ControllersDeps, defaultControllerSettings, startControllers } from './start.ts';
