/**
 * The command of a linked node's dialer: it takes connections at one port, reads a line that says
 * where to go on to, and goes there from inside of the node's network. Looks at links come this
 * way, by the filters that the node itself would meet.
 */
export const dialerCommand = (port: number): readonly string[] => [
  'socat',
  `TCP-LISTEN:${port},fork,reuseaddr`,
  // The shell reads the line byte by byte, and so leaves the rest to socat.
  'SYSTEM:read host port && exec socat -t 5 - TCP\\:$host\\:$port',
];
