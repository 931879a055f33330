/**
 * What a node's container runs: it notes the number of its process, waits as long as somebody holds
 * the gate, and becomes the command. A kubelet starts a container again as soon as it has died;
 * behind the gate it does so without the software, so that a node which was killed stays away.
 */
export const gatedCommand = (argv: readonly string[]): string[] => [
  'sh',
  '-c',
  // Kubernetes would take the shell's own `$$` for one that it has to unescape.
  `read -r pid _ </proc/self/stat; echo $pid >${PID_FILE}; while [ -e ${GATE_FILE} ]; do sleep 0.1; done; exec "$@"`,
  'node',
  ...argv,
];

/** A folder that lives as long as the pod, over every restart of its container. */
export const STATE_FOLDER = '/highwater/state';
const PID_FILE = `${STATE_FOLDER}/pid`;
const GATE_FILE = `${STATE_FOLDER}/gate`;

/** Ends the process at once, and has the container stay without it. */
export const KILL_FOR_GOOD = script(`touch ${GATE_FILE}; kill -9 $pid || exit 8; ${untilGone()}`);
/** Ends the process at once, and leaves it to the kubelet to start it again. */
export const KILL = script(`kill -9 $pid || exit 8; ${untilGone()}`);
/** SIGSTOP, SIGCONT, SIGQUIT to the process. */
export const signalScript = (signal: 'STOP' | 'CONT' | 'QUIT'): string[] =>
  script(`kill -${signal} $pid`);
/** Prints the letter of the process's state: T is stopped. */
export const STATE_OF_PROCESS = script(`sed 's/.*) //; s/ .*//' /proc/$pid/stat`);

function script(body: string): string[] {
  return ['sh', '-c', `pid=$(cat ${PID_FILE}) || exit 1; ${body}`];
}

/** Dead, or a zombie that the pod's first process has yet to take note of. */
function untilGone(): string {
  const alive = `grep -qsv '^[^)]*) [ZX]' /proc/$pid/stat`;
  return `i=0; while ${alive}; do i=$((i+1)); [ $i -lt 100 ] || exit 9; sleep 0.05; done`;
}
