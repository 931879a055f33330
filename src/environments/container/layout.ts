/** Names and labels of what a run has in a container engine. Pure. */

/** On everything of a run; by this label `census` and `sweep` find it, and by nothing else. */
export const RUN_LABEL = 'highwater.run';
/** On containers: which node it is, or is for. */
export const NODE_LABEL = 'highwater.node';
/** On containers: `node`, `sandbox` or `prepare`. */
export const PART_LABEL = 'highwater.part';

/** Labels of one thing in an engine. */
export type Labels = Readonly<Record<string, string>>;

/** Makes the labels of the things of a run, those of a reaper's session among them. */
export const labelsFor =
  (run: string, session: Labels) =>
  (of: Labels = {}): Record<string, string> => ({ [RUN_LABEL]: run, ...session, ...of });

/** The filter for everything of a run, as the engine's lists take it. */
export const ofRun = (run: string): string => JSON.stringify({ label: [`${RUN_LABEL}=${run}`] });

/** `highwater-<run>-broker-1`, for people who look with `docker ps`. */
export const nameOf = (run: string, ...parts: readonly string[]): string =>
  ['highwater', run, ...parts].join('-');
