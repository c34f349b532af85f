/** Messages on a connection: each after its length. Source: RFC 1035 4.2.2. */
export function framed(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(message.length + 2);
  bytes.writeUInt16BE(message.length, 0);
  bytes.set(message, 2);
  return bytes;
}

/** Puts messages together from what arrives. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  read(bytes: Uint8Array): Buffer[] {
    this.#rest = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= 2) {
      const length = this.#rest.readUInt16BE(0);
      if (this.#rest.length < length + 2) break;
      frames.push(this.#rest.subarray(2, length + 2));
      this.#rest = this.#rest.subarray(length + 2);
    }
    return frames;
  }
}
