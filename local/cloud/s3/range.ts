/** The Range header of a GET. */
import { ServiceError } from '../kernel.ts';

/**
 * First and last byte, both included; undefined for the whole object.
 * A header of another form is ignored, as RFC 9110 section 14.2 wants it; one beyond the end is refused.
 */
export function rangeOf(header: string | undefined, size: number): [first: number, last: number] | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  if (first <= last) return [first, last];
  const members = { RangeRequested: header ?? '', ActualObjectSize: String(size) };
  throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416, members);
}
