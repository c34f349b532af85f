export { type EventBridgeEvent, eventBridgeEvent } from './detail/envelope.ts';
export { defaultEventsKept, EventRecorder } from './recorder.ts';
