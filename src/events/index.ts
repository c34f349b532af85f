export { type EventBridgeEvent, eventBridgeEvent } from './detail/envelope.ts';
export { withAttributes } from './detail/instance.ts';
export { defaultEventsKept, EventRecorder } from './recorder.ts';
