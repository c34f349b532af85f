/** IPv4 CIDR blocks. Addresses are 32-bit numbers inside, dotted text outside. */
export interface Cidr {
  /** The first address. */
  readonly base: number;
  readonly prefixLength: number;
}

/** `a.b.c.d/n` taken apart, bits after the prefix cleared; `undefined` for anything else. */
export function parseCidr(text: string): Cidr | undefined {
  const [, address = '', prefix = ''] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const given = parseIpv4(address);
  const prefixLength = Number(prefix);
  if (given === undefined || prefixLength > 32) return undefined;
  return { base: given - (given % sizeOf({ prefixLength })), prefixLength };
}

/** `undefined` when it is not four numbers of 0 to 255, each written without needless zeros. */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

export function formatCidr({ base, prefixLength }: Cidr): string {
  return `${formatIpv4(base)}/${prefixLength}`;
}

/** How many addresses it has. */
export function sizeOf({ prefixLength }: Pick<Cidr, 'prefixLength'>): number {
  return 2 ** (32 - prefixLength);
}

/** Whether all of `inner` is in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.base >= outer.base && inner.base + sizeOf(inner) <= outer.base + sizeOf(outer);
}

/** Of two blocks, one contains the other or they are apart. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return contains(a, b) || contains(b, a);
}
