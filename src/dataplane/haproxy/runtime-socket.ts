import { connect } from 'node:net';
import { Fault } from '#base';

/** Bytes of one line to the socket; HAProxy's buffer has twice as many. */
const mostBytes = 8_000;

/**
 * HAProxy's runtime socket: one question, one answer. Throws Fault `BalancerSocket` when nobody answers, retryable.
 */
export function ask(path: string, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', (cause) => {
      reject(new Fault('BalancerSocket', `${path}: ${cause.message}`, { cause, retryable: true }));
    });
    socket.on('end', () => resolve(answer));
    socket.write(`${question}\n`);
  });
}

/** Many commands, as few lines as they fit in. The answers, in their order, are not told apart. */
export async function askAll(path: string, commands: readonly string[]): Promise<string> {
  let answers = '';
  for (let at = 0; at < commands.length; ) {
    let line = '';
    while (at < commands.length && (line === '' || line.length + (commands[at]?.length ?? 0) < mostBytes)) {
      line += `${commands[at]};`;
      at += 1;
    }
    answers += await ask(path, line);
  }
  return answers;
}
