import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { assert } from '#base';

/** Texts that only the installation that sealed them can open: AES-256 in GCM, with a key of the master key's. */
export interface Sealer {
  seal(text: string): string;
  /** Fails for what was not sealed here, or was changed. */
  open(sealed: string): string;
}

const ivBytes = 12;
const tagBytes = 16;

/** `purpose` keeps what is sealed for one thing from being opened as another. */
export function createSealer(masterKey: Uint8Array, purpose: string): Sealer {
  const key = createHmac('sha256', masterKey).update(`seal ${purpose}`).digest();
  return {
    seal(text) {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const content = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), content]).toString('base64');
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64');
      assert(bytes.length >= ivBytes + tagBytes, 'this was not sealed here');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]).toString('utf8');
    },
  };
}
