import { readFile } from 'node:fs/promises';

/** `nobody` of every Linux. */
const nobody = { userId: 65_534, groupId: 65_534 };

/** As whom HAProxy works: the user that its package makes, where there is one. */
export async function findUser(): Promise<{ readonly userId: number; readonly groupId: number }> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const found = /^haproxy:[^:]*:(\d+):(\d+):/m.exec(users);
  return found === null ? nobody : { userId: Number(found[1]), groupId: Number(found[2]) };
}
