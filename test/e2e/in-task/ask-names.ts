import { createSocket } from 'node:dgram';
import dns from 'dns-packet';

/**
 * Asks `name/TYPE` of each argument from one socket at once, as musl's resolver asks A and AAAA, and prints the answers
 * as JSON.
 */
const questions = process.argv.slice(2).map((each) => each.split('/') as [string, 'A']);
const socket = createSocket('udp4');
const answers: unknown[] = [];
const done = Promise.withResolvers<void>();

socket.on('message', (bytes) => {
  const answer = dns.decode(bytes);
  answers[answer.id ?? 0] = {
    rcode: (answer.flags ?? 0) & 0xf,
    answers: (answer.answers ?? []).map((each) => ('data' in each ? each.data : undefined)),
    authority: answer.authorities?.length,
  };
  if (answers.filter((each) => each !== undefined).length === questions.length) done.resolve();
});
for (const [id, [name, type]] of questions.entries()) {
  const message = dns.encode({ type: 'query', id, flags: dns.RECURSION_DESIRED, questions: [{ name, type }] });
  socket.send(message, 53, '169.254.169.253');
}
await done.promise;
socket.close();
process.stdout.write(JSON.stringify(answers));
