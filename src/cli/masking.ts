/** Members of requests and answers that never reach a screen. */
const secretMember = /("(?:[A-Za-z]*(?:secret|password|sessiontoken|authtoken)[A-Za-z]*)"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
/** Environment values in a task definition may be anything; `--debug` is often pasted into a ticket. */
const environmentValue =
  /("name"\s*:\s*"[^"]*(?:KEY|SECRET|TOKEN|PASSWORD)[^"]*"\s*,\s*"value"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/** A body with its secrets replaced. */
export function maskBody(text: string): string {
  return text.replace(secretMember, '$1"***"').replace(environmentValue, '$1"***"');
}

/** Headers with what would let someone else act as us replaced. */
export function maskHeader(name: string, value: string): string {
  switch (name.toLowerCase()) {
    case 'authorization':
      return value.replace(/Signature=[0-9a-f]+/i, 'Signature=***');
    case 'x-amz-security-token':
      return '***';
    default:
      return value;
  }
}
