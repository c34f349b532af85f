import { Fault } from '#base';
import type { ContainerRuntime } from './port.ts';

/**
 * The image of the container that holds a task's network namespace: one static executable that sleeps for ever,
 * assembled here so that a host needs no registry for it.
 */
export const pauseImage = 'roadstead/pause:1';

/** rt_sigaction(SIGCHLD, SIG_IGN) so that orphans are reaped by the kernel, then pause(2) for ever. */
const x86Code = Uint8Array.from(
  [
    [0xb8, 0x0d, 0x00, 0x00, 0x00], // mov  eax, 13 (rt_sigaction)
    [0xbf, 0x11, 0x00, 0x00, 0x00], // mov  edi, 17 (SIGCHLD)
    [0x48, 0x8d, 0x35, 0x17, 0x00, 0x00, 0x00], // lea rsi, [rip + 23] (the action below)
    [0x31, 0xd2], // xor  edx, edx
    [0x41, 0xba, 0x08, 0x00, 0x00, 0x00], // mov  r10d, 8
    [0x0f, 0x05], // syscall
    [0xb8, 0x22, 0x00, 0x00, 0x00], // mov  eax, 34 (pause)
    [0x0f, 0x05], // syscall
    [0xeb, 0xf7], // jmp  back to the mov before
    [0, 0, 0, 0], // padding
    [1, 0, 0, 0, 0, 0, 0, 0], // handler: SIG_IGN
    [0, 0, 0, 0, 0, 0, 0, 0], // flags
    [0, 0, 0, 0, 0, 0, 0, 0], // restorer
    [0, 0, 0, 0, 0, 0, 0, 0], // mask
  ].flat(),
);

/** The same for arm64, which has no pause(2): ppoll(NULL, 0, NULL, NULL, 0). */
const arm64Code = words(
  0xd28010c8, // mov  x8, #134 (rt_sigaction)
  0xd2800220, // mov  x0, #17 (SIGCHLD)
  0x10000181, // adr  x1, #48 (the action below)
  0xd2800002, // mov  x2, #0
  0xd2800103, // mov  x3, #8
  0xd4000001, // svc  #0
  0xd2800928, // mov  x8, #73 (ppoll)
  0xd2800000, // mov x0, #0
  0xd2800001,
  0xd2800002,
  0xd2800003,
  0xd2800004, // mov x4, #0
  0xd4000001, // svc  #0
  0x17fffff9, // b    back to ppoll
  1, // handler: SIG_IGN, then flags, restorer and mask
  0,
  0,
  0,
  0,
  0,
  0,
  0,
);

const elfMachines: Readonly<Record<string, { readonly machine: number; readonly code: Uint8Array }>> = {
  x86_64: { machine: 0x3e, code: x86Code },
  arm64: { machine: 0xb7, code: arm64Code },
};

/** Makes the image unless the engine has it. Throws Fault `Unsupported` for an architecture it is not written for. */
export async function ensurePauseImage(runtime: ContainerRuntime, architecture: string): Promise<void> {
  if ((await runtime.inspectImage(pauseImage)) !== undefined) return;
  const tar = tarOf('pause', pauseExecutable(architecture));
  await runtime.importImage(tar, pauseImage, ['ENTRYPOINT ["/pause"]', 'LABEL roadstead.pause=1']);
}

/** A complete ELF executable with one segment that is loaded and run. */
export function pauseExecutable(architecture: string): Uint8Array {
  const target = elfMachines[architecture];
  if (target === undefined) throw new Fault('Unsupported', `No pause executable for architecture ${architecture}`);
  const base = 0x400000n;
  const headersSize = 64 + 56;
  const size = headersSize + target.code.length;
  const bytes = Buffer.alloc(size);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  bytes.writeUInt16LE(2, 16); // executable
  bytes.writeUInt16LE(target.machine, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(base + BigInt(headersSize), 24); // entry
  bytes.writeBigUInt64LE(64n, 32); // program header
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeUInt32LE(1, 64); // PT_LOAD
  bytes.writeUInt32LE(5, 68); // read, execute
  bytes.writeBigUInt64LE(base, 80);
  bytes.writeBigUInt64LE(base, 88);
  bytes.writeBigUInt64LE(BigInt(size), 96);
  bytes.writeBigUInt64LE(BigInt(size), 104);
  bytes.writeBigUInt64LE(0x10000n, 112); // arm64 kernels may use 64 KiB pages
  bytes.set(target.code, headersSize);
  return bytes;
}

/** A tar archive with one executable file at its root. */
export function tarOf(name: string, content: Uint8Array): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0, 'latin1');
  header.write('0000755\0', 100, 'latin1');
  header.write('0000000\0', 108, 'latin1');
  header.write('0000000\0', 116, 'latin1');
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.write('        0', 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const padding = Buffer.alloc(((512 - (content.length % 512)) % 512) + 1024);
  return Buffer.concat([header, content, padding]);
}

function words(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, index * 4));
  return bytes;
}
