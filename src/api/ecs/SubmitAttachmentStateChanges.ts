import { operation } from '../operation.ts';
import { ecs } from './service.ts';

/**
 * SubmitAttachmentStateChanges, called by agents: an interface or volume of the instance has arrived. Roadstead hands a
 * task over only when its interface is there, so that there is nothing to note.
 */
export const SubmitAttachmentStateChanges = operation(ecs, 'SubmitAttachmentStateChanges', {
  authorize: () => ({ action: 'ecs:SubmitAttachmentStateChanges', resource: '*' }),
  command: () => undefined,
  read: () => undefined,
  output: () => ({ acknowledgment: 'ok' }),
});
