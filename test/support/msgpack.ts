/** A time of fluentd's forward protocol: seconds and nanoseconds. */
export interface EventTime {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export type Packed = null | boolean | number | string | Uint8Array | EventTime | Packed[] | { [key: string]: Packed };

/**
 * Reads one MessagePack value from the beginning of `bytes`; `undefined` when it has not all come yet. Source: the
 * MessagePack specification; extension 0 is fluentd's EventTime.
 */
export function unpack(bytes: Buffer): { readonly value: Packed; readonly sizeBytes: number } | undefined {
  const reader = new Reader(bytes);
  try {
    return { value: reader.value(), sizeBytes: reader.at };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Reader {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  value(): Packed {
    const kind = this.#unsigned(1);
    if (kind < 0x80) return kind;
    if (kind >= 0xe0) return kind - 0x100;
    if (kind < 0x90) return this.#map(kind & 0x0f);
    if (kind < 0xa0) return this.#array(kind & 0x0f);
    if (kind < 0xc0) return this.#text(kind & 0x1f);
    if (kind === 0xc0) return null;
    if (kind === 0xc2 || kind === 0xc3) return kind === 0xc3;
    if (kind >= 0xc4 && kind <= 0xc6) return this.#take(this.#unsigned(2 ** (kind - 0xc4)));
    if (kind >= 0xc7 && kind <= 0xc9) return this.#extension(this.#unsigned(2 ** (kind - 0xc7)));
    if (kind === 0xca) return this.#take(4).readFloatBE();
    if (kind === 0xcb) return this.#take(8).readDoubleBE();
    if (kind >= 0xcc && kind <= 0xcf) return this.#unsigned(2 ** (kind - 0xcc));
    if (kind >= 0xd0 && kind <= 0xd3) return this.#signed(2 ** (kind - 0xd0));
    if (kind >= 0xd4 && kind <= 0xd8) return this.#extension(2 ** (kind - 0xd4));
    if (kind >= 0xd9 && kind <= 0xdb) return this.#text(this.#unsigned(2 ** (kind - 0xd9)));
    if (kind === 0xdc || kind === 0xdd) return this.#array(this.#unsigned(kind === 0xdc ? 2 : 4));
    if (kind === 0xde || kind === 0xdf) return this.#map(this.#unsigned(kind === 0xde ? 2 : 4));
    throw new Error(`0x${kind.toString(16)} is not of MessagePack`);
  }

  #take(sizeBytes: number): Buffer {
    if (this.at + sizeBytes > this.#bytes.length) throw new RangeError('more is to come');
    this.at += sizeBytes;
    return this.#bytes.subarray(this.at - sizeBytes, this.at);
  }

  #unsigned(sizeBytes: number): number {
    const taken = this.#take(sizeBytes);
    return sizeBytes === 8 ? Number(taken.readBigUInt64BE()) : taken.readUIntBE(0, sizeBytes);
  }

  #signed(sizeBytes: number): number {
    const taken = this.#take(sizeBytes);
    return sizeBytes === 8 ? Number(taken.readBigInt64BE()) : taken.readIntBE(0, sizeBytes);
  }

  #text(sizeBytes: number): string {
    return this.#take(sizeBytes).toString('utf8');
  }

  #array(count: number): Packed[] {
    return Array.from({ length: count }, () => this.value());
  }

  #map(count: number): Packed {
    const entries = Array.from({ length: count }, (): [string, Packed] => {
      const key = this.value();
      return [typeof key === 'string' ? key : JSON.stringify(key), this.value()];
    });
    return Object.fromEntries(entries);
  }

  #extension(sizeBytes: number): Packed {
    const type = this.#signed(1);
    const data = this.#take(sizeBytes);
    if (type !== 0 || sizeBytes !== 8) return data;
    return { seconds: data.readUInt32BE(0), nanoseconds: data.readUInt32BE(4) };
  }
}
