import { readFile } from 'node:fs/promises';
import type { InterfaceCounters, Interfaces, ReadInterfaces } from './stats.ts';

/** From the kernel's own table of the process's namespace. */
export const readInterfaces: ReadInterfaces = async (pid) =>
  parseInterfaces(await readFile(`/proc/${pid}/net/dev`, 'utf8'));

/** Two lines of headings, then a device a line: eight counters received, eight sent. */
export function parseInterfaces(text: string): Interfaces {
  const interfaces: Record<string, InterfaceCounters> = {};
  for (const line of text.split('\n').slice(2)) {
    const [name = '', counters = ''] = line.split(':');
    const [rxBytes, rxPackets, rxErrors, rxDropped, , , , , txBytes, txPackets, txErrors, txDropped] = counters
      .trim()
      .split(/\s+/)
      .map(Number);
    if (txDropped === undefined || name.trim() === 'lo') continue;
    interfaces[name.trim()] = {
      rx_bytes: rxBytes ?? 0,
      rx_packets: rxPackets ?? 0,
      rx_errors: rxErrors ?? 0,
      rx_dropped: rxDropped ?? 0,
      tx_bytes: txBytes ?? 0,
      tx_packets: txPackets ?? 0,
      tx_errors: txErrors ?? 0,
      tx_dropped: txDropped,
    };
  }
  return interfaces;
}
