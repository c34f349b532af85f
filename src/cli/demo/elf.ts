const interpreterSegment = 3;

/**
 * Whether the bytes are a 64-bit little-endian ELF program that needs no loader, and so runs in an empty image. Source:
 * System V Application Binary Interface, "Program Header": a dynamic program has a PT_INTERP segment.
 */
export function isStaticProgram(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 64 || view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1) return false;
  const offset = Number(view.getBigUint64(32, true));
  const entryBytes = view.getUint16(54, true);
  const count = view.getUint16(56, true);
  for (let i = 0; i < count; i++) {
    const at = offset + i * entryBytes;
    if (at + 4 > bytes.byteLength) return false;
    if (view.getUint32(at, true) === interpreterSegment) return false;
  }
  return count > 0;
}
