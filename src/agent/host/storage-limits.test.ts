import { expect, test } from 'vitest';
import { limitsContainerStorage } from './storage-limits.ts';

const root = '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw';
const counted = '90 22 7:0 / /var/lib/docker rw,relatime shared:1 - xfs /dev/loop0 rw,attr2,inode64,prjquota';
const plain = '90 22 7:0 / /var/lib/docker rw,relatime - xfs /dev/loop0 rw,attr2,inode64,noquota';
const overlay = (backing: string) => ({ storage: { driver: 'overlay2', backing, directory: '/var/lib/docker' } });

test.each([
  ['overlay2 on ext4', overlay('extfs'), [root], false],
  ['overlay2 on an XFS that counts', overlay('xfs'), [root, counted], true],
  ['overlay2 on an XFS that does not', overlay('xfs'), [root, plain], false],
  ['an XFS that counts elsewhere', overlay('xfs'), [root, counted.replace('docker', 'dock')], false],
  ['one that another hides', overlay('xfs'), [root, counted, plain], false],
  ['btrfs', { storage: { driver: 'btrfs', directory: '/var/lib/docker' } }, [root], true],
  ['an engine that does not say', {}, [root, counted], false],
])('%s', (_, info, mounts, limits) => {
  expect(limitsContainerStorage(info, mounts.join('\n'))).toBe(limits);
});
