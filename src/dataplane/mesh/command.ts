const ours = '[a-z]+_[0-9a-f]{16}';

/**
 * What HAProxy says, at both of its outputs, of what it was told to do: that targets come and go, that a reload ends its
 * old process with every proxy of the configuration, that it ends. Nothing of a caller's begins a line like these.
 */
const chatter = [
  `^(Proxy ${ours} stopped |(Paused|Resumed) frontend ${ours}\\.)`,
  '^\\[NOTICE\\]',
  '^\\[WARNING\\] +\\([0-9]+\\) : CLI : ',
  `^\\[WARNING\\] +\\([0-9]+\\) : (Proxy (${ours}|<HTTPCLIENT>) stopped |(Paused|Resumed) frontend ${ours}\\.)`,
  '^\\[WARNING\\] +\\([0-9]+\\) : (Former worker |Exiting Master process|All workers exited\\. Exiting\\.\\.\\. \\((0|143)\\))',
  '^\\[ALERT\\] +\\([0-9]+\\) : Current worker \\([0-9]+\\) exited with code 143 ',
].join('|');

/**
 * HAProxy as a child whose words are read and passed on, all but the chatter; with it ends the container, with its code,
 * once all is said. Signals that are meant for HAProxy are handed on, and do it no harm while it does not know them yet.
 * Parameters: a pipe's path, the pattern, the program.
 */
const script = `
pipe=$1; pattern=$2; shift 2
rm -f "$pipe" && mkfifo -m 600 "$pipe" || exit 1
grep --line-buffered -v -E "$pattern" <"$pipe" &
reader=$!
trap 'kill -TERM $program' TERM
trap 'kill -USR1 $program' USR1
trap 'kill -USR2 $program' USR2
(trap '' USR1 USR2; exec "$@" >"$pipe" 2>&1) &
program=$!
while :; do
  wait $program; code=$?
  kill -0 $program 2>/dev/null || break
done
wait $reader
exit $code
`;

/** What runs HAProxy's program so that its output has what matters. The pipe is made in a folder that is its user's. */
export function quietly(pipe: string, program: readonly string[]): readonly string[] {
  return ['/bin/sh', '-c', script, 'sh', pipe, chatter, ...program];
}
