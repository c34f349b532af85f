/** IPv6 as rules and routes name it. No interface has such an address: blocks are kept, and compared as text. */

/** A block in its canonical form, bits after the prefix cleared: `2001:db8::/32`; `undefined` for anything else. */
export function parseIpv6Cidr(text: string): string | undefined {
  const [, address = '', prefix = ''] = /^([0-9a-fA-F:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const groups = groupsOf(address);
  const prefixLength = Number(prefix);
  if (groups === undefined || prefixLength > 128) return undefined;
  const masked = groups.map((group, index) => {
    const bits = Math.min(16, Math.max(0, prefixLength - index * 16));
    return group & (0xffff << (16 - bits)) & 0xffff;
  });
  return `${textOf(masked)}/${prefixLength}`;
}

/** The eight groups of an address; `::` stands for as many zeros as are missing. */
function groupsOf(address: string): readonly number[] | undefined {
  const halves = address.split('::');
  if (address === '' || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail];
  return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

/** The longest run of zeros, of two or more, is `::`. Source: RFC 5952. */
function textOf(groups: readonly number[]): string {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const hex = groups.map((group) => group.toString(16));
  if (best.start < 0) return hex.join(':');
  return `${hex.slice(0, best.start).join(':')}::${hex.slice(best.start + best.length).join(':')}`;
}
