import { type DocumentKey, documentAddress } from './documents.ts';

export interface Piece {
  /** Texts of HostDocuments. */
  readonly put: readonly string[];
  readonly remove: readonly DocumentKey[];
}

export interface HostStateHead {
  readonly messageId: string;
  readonly complete: boolean;
  readonly last: boolean;
}

/** The frame of a RoadsteadHostStateMessage, put together from the texts of its documents. */
export function hostStateFrame({ put, remove, ...head }: HostStateHead & Piece): string {
  const { messageId, complete, last } = head;
  const members = JSON.stringify({ messageId, complete, last, remove: remove.map(documentAddress) }).slice(1, -1);
  return `{"type":"RoadsteadHostStateMessage","message":{${members},"put":[${put.join(',')}]}}`;
}
