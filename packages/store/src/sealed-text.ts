import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const cipher = 'aes-256-gcm';
const nonceLength = 12;
const tagLength = 16;
const keyLength = 32;

/** The 32 bytes of an encryption key, from 64 hexadecimal digits or base64; undefined for anything else. */
export function parseEncryptionKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length === keyLength ? key : undefined;
}

/** Encrypts with AES-256-GCM. It opens only under the same key for the same `owner`. */
export function seal(text: string, key: Buffer, owner: string): string {
  const nonce = randomBytes(nonceLength);
  const encryption = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(owner));
  const sealed = Buffer.concat([encryption.update(text, 'utf8'), encryption.final()]);
  return Buffer.concat([nonce, encryption.getAuthTag(), sealed]).toString('base64');
}

/** Throws where the key or the owner is another one, or the text was tampered with. */
export function open(sealed: string, key: Buffer, owner: string): string {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, nonceLength);
  const tag = bytes.subarray(nonceLength, nonceLength + tagLength);
  const decryption = createDecipheriv(cipher, key, nonce, { authTagLength: tagLength })
    .setAAD(Buffer.from(owner))
    .setAuthTag(tag);
  const text = decryption.update(bytes.subarray(nonceLength + tagLength));
  return Buffer.concat([text, decryption.final()]).toString('utf8');
}
