import { validationError } from './errors.ts';
import { limits } from './limits.ts';

export interface PageInput {
  readonly Marker?: string;
  readonly PageSize?: number;
}

/** One page of records, which are told in order of creation; the marker is the position of the next. */
export function pageOf<T>(
  all: readonly T[],
  { Marker, PageSize }: PageInput,
): { readonly page: readonly T[]; readonly next: { readonly NextMarker?: string } } {
  const start = Marker === undefined || Marker === '' ? 0 : position(Marker);
  const end = start + (PageSize ?? limits.pageSize);
  return { page: all.slice(start, end), next: end < all.length ? { NextMarker: markerOf(end) } : {} };
}

export function checkedPageSize({ PageSize }: PageInput): void {
  if (PageSize !== undefined && (PageSize < 1 || PageSize > limits.pageSize)) {
    throw validationError(`Page size must be between 1 and ${limits.pageSize}`);
  }
}

function markerOf(at: number): string {
  return Buffer.from(`at:${at}`).toString('base64url');
}

function position(marker: string): number {
  const found = /^at:(\d{1,9})$/.exec(Buffer.from(marker, 'base64url').toString());
  if (found === null) throw validationError('The specified marker is not valid');
  return Number(found[1]);
}
