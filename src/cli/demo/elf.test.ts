import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isStaticProgram } from './elf.ts';

/** A 64-bit ELF header with the given program header types. */
function program(...segments: readonly number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(64 + 56 * segments.length));
  [0x7f, 0x45, 0x4c, 0x46, 2, 1].forEach((byte, i) => bytes.setUint8(i, byte));
  bytes.setBigUint64(32, 64n, true);
  bytes.setUint16(54, 56, true);
  bytes.setUint16(56, segments.length, true);
  segments.forEach((type, i) => bytes.setUint32(64 + 56 * i, type, true));
  return new Uint8Array(bytes.buffer);
}

describe('a static program', () => {
  test('names no interpreter', () => {
    expect(isStaticProgram(program(1, 4))).toBe(true);
    expect(isStaticProgram(program(6, 3, 1))).toBe(false);
  });

  test('is a program at all', () => {
    expect(isStaticProgram(new TextEncoder().encode('#!/bin/sh\n'.repeat(20)))).toBe(false);
    expect(isStaticProgram(program())).toBe(false);
    expect(isStaticProgram(program(1, 3).slice(0, 100))).toBe(false);
    expect(isStaticProgram(new Uint8Array())).toBe(false);
  });

  test.skipIf(!existsSync('/bin/bash'))("is not Debian's bash", () => {
    expect(isStaticProgram(readFileSync('/bin/bash'))).toBe(false);
  });
});
